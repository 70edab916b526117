import type { Ask, FormLocale, FormState, Outcome, ToPage } from '../protocol/messages.js';
import type { ParseAsk, ParseOptions } from '../protocol/to-frame.js';
import { applyAppearance } from './appearance.js';
import { type DocumentConfig, readDocumentConfig } from './document-config.js';
import { linkToPage, type PageListener } from './page-link.js';

/** A form in the frame: what the page can ask of it. */
export interface FormProgram<Texts> {
  show(state: FormState, texts: Texts): void;
  collapse(): void;
  answer(ask: Ask): Promise<Outcome>;
}

export interface FormSurroundings {
  readonly config: DocumentConfig;
  readonly clientSecret: string;
  readonly root: HTMLElement;
  tell(message: ToPage): void;
  /** Says something to screen readers, when they have a moment. */
  announce(text: string): void;
}

/** Links the document to the page around it, and starts the form once the page has said how it is to be. */
export function startForm<Texts>(
  parseOptions: ParseOptions,
  loadTexts: (locale: FormLocale) => Promise<Texts>,
  create: (surroundings: FormSurroundings) => FormProgram<Texts>,
  parseAsk?: ParseAsk,
): void {
  const config = readDocumentConfig();
  const root = elementById('form');
  const live = elementById('live');
  // What the page sends while the texts are loading waits for them.
  let program: Promise<FormProgram<Texts>>;
  let tell: (message: ToPage) => void;

  const listener: PageListener = {
    opened(init, tellPage) {
      tell = tellPage;
      const announce = (text: string) => {
        live.textContent = text;
      };
      program = show(create({ config, clientSecret: init.clientSecret, root, tell, announce }), init.state);
      program.then(() => {
        followFocus(tell);
        followHeight(root, tell);
        tell({ type: 'ready' });
      }, tellNotLoaded);
    },
    async heard(message) {
      const form = await program;
      if (message.type === 'update') await show(form, message.state);
      else if (message.type === 'collapse') form.collapse();
      else tell({ type: 'reply', number: message.number, outcome: await form.answer(message.ask) });
    },
  };
  linkToPage(config, parseOptions, listener, parseAsk);

  async function show(form: FormProgram<Texts>, state: FormState): Promise<FormProgram<Texts>> {
    const texts = await loadTexts(state.locale);
    document.documentElement.lang = state.locale;
    applyAppearance(state.appearance, document.documentElement);
    form.show(state, texts);
    return form;
  }

  function tellNotLoaded(): void {
    const message = 'A script of the form could not be loaded. Check the network, and load the page again.';
    tell({ type: 'failed', error: { kind: 'sdk', code: 'session_not_loaded', message, problems: [] } });
  }
}

function followHeight(root: HTMLElement, tell: (message: ToPage) => void): void {
  let told = 0;
  new ResizeObserver(() => {
    const px = Math.ceil(root.getBoundingClientRect().height);
    if (px !== told) tell({ type: 'height', px });
    told = px;
  }).observe(root);
}

/** Focus that moves from field to field stays inside. */
function followFocus(tell: (message: ToPage) => void): void {
  addEventListener('focusin', ({ relatedTarget }) => {
    if (relatedTarget === null) tell({ type: 'focus' });
  });
  addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget === null) tell({ type: 'blur' });
  });
}

function elementById(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The document has no element ${id}.`);
  return element;
}
