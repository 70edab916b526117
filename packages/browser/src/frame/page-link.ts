import type { Greeting, Init, ToFrame, ToPage } from '../protocol/messages.js';
import { type ParseAsk, type ParseOptions, parseInit, parseToFrame } from '../protocol/to-frame.js';
import type { DocumentConfig } from './document-config.js';

export interface PageListener {
  /** The page has answered the greeting; from now on all else goes by the port. */
  opened(init: Init, tell: (message: ToPage) => void): void;
  heard(message: ToFrame): void;
}

/** Greets the page around this frame and listens to it, and to nobody else. */
export function linkToPage(
  { pageOrigin, instanceId, refused }: DocumentConfig,
  parseOptions: ParseOptions,
  listener: PageListener,
  parseAsk?: ParseAsk,
): void {
  if (pageOrigin === null || window.parent === window) return;
  let dropped = 0;

  if (refused === null) addEventListener('message', hearInit);
  const greeting: Greeting =
    refused === null ? { type: 'hello', id: instanceId } : { type: 'refused', id: instanceId, reason: refused };
  window.parent.postMessage(JSON.stringify(greeting), pageOrigin);

  function hearInit({ data, source, origin, ports }: MessageEvent): void {
    const init = source === window.parent && origin === pageOrigin ? parseInit(data, parseOptions) : null;
    const [port] = ports;
    if (init?.id !== instanceId || port === undefined || ports.length !== 1) {
      drop();
      return;
    }
    removeEventListener('message', hearInit);
    port.onmessage = ({ data: sent }) => {
      const message = parseToFrame(sent, parseOptions, parseAsk);
      if (message === null) drop();
      else listener.heard(message);
    };
    listener.opened(init, (message) => port.postMessage(JSON.stringify(message)));
  }

  function drop(): void {
    dropped += 1;
    document.documentElement.dataset.dropped = String(dropped);
  }
}
