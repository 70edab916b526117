import { type FormFrame, type FormMessage, type FrameHost, openFormFrame, UNMOUNTED } from '../../page/form-frame.js';
import type { AddressOptions, Ask, Outcome, PaymentOptions } from '../../protocol/messages.js';
import type { Look } from './appearance.js';
import { payjpError } from './errors.js';
import type { Listeners } from './listeners.js';

/** What every form of the facade can do, with the public object that pages hold. */
export interface MountedForm<Form> {
  readonly form: Form;
  isMounted(): boolean;
  ask(ask: Ask): Promise<Outcome>;
  /** Locale or appearance of the widgets changed. */
  refreshLook(): void;
}

export interface FormBase {
  mount(target: string | Element): void;
  unmount(): void;
  on: Listeners['on'];
  off: Listeners['off'];
}

export interface Mounting extends MountedForm<FormBase> {
  collapse(): void;
}

/** Mounts a form's frame, any number of times one after the other, and tells its listeners what the frame tells. */
export function createMounting(
  host: FrameHost,
  look: Look,
  parts: {
    readonly options: () => PaymentOptions | AddressOptions;
    readonly listeners: Listeners;
    readonly heard: (message: Extract<FormMessage, { type: 'change' | 'address' }>) => void;
  },
): Mounting {
  const { options, listeners, heard } = parts;
  let frame: FormFrame | null = null;
  const state = () => ({ ...look, options: options() });

  return {
    form: {
      mount(target) {
        const container = typeof target === 'string' ? document.querySelector(target) : target;
        if (!(container instanceof Element))
          throw new Error(`There is no element ${String(target)} to mount the form in.`);
        frame?.close();
        frame = openFormFrame(container, host, state(), {
          heard(message) {
            if (message.type === 'change' || message.type === 'address') heard(message);
            else listeners.tell(message.type);
          },
          failed(error) {
            console.error(`payments.js: ${error.message}`);
            listeners.tell('loaderror', { elementType: options().form, error: payjpError(error) });
          },
        });
      },
      unmount() {
        frame?.close();
        frame = null;
      },
      on: listeners.on,
      off: listeners.off,
    },
    isMounted: () => frame !== null,
    ask: async (ask) => (frame ? frame.ask(ask) : { kind: 'error', error: UNMOUNTED }),
    refreshLook: () => frame?.update(state()),
    collapse: () => frame?.collapse(),
  };
}
