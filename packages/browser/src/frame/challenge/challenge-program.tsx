import { render } from 'preact';
import type { ChallengeOptions, FormState, Outcome } from '../../protocol/messages.js';
import { createFlowClient } from '../setup-flow.js';
import type { FormProgram, FormSurroundings } from '../start-form.js';
import { singly } from '../view/singly.js';
import { challengeOutcome } from './challenge-outcome.js';
import { ChallengeView } from './challenge-view.js';
import type { ChallengeNotice, ChallengeTexts } from './texts.js';
import { type Watch, watchFlow } from './watch-flow.js';

/** Frames the card company's page, and asks our server how it went there. */
export function createChallengeProgram(surroundings: FormSurroundings): FormProgram<ChallengeTexts> {
  const { config, clientSecret, root, announce } = surroundings;
  const client = createFlowClient(config.publicKey, clientSecret);
  let texts: ChallengeTexts;
  let options: ChallengeOptions;
  let url: string | null = null;
  let openings = 0;
  let notice: ChallengeNotice | null = null;
  let isStopping = false;
  let isStopped = false;
  let watch: Watch | null = null;

  const draw = singly(() => {
    render(
      <ChallengeView
        texts={texts}
        heightPx={options.heightPx}
        url={url}
        openings={openings}
        notice={isStopping ? 'stopping' : notice}
        on={{ closed: ask, stayed: answerAsk, stopped: () => void stop(), loaded, reopened }}
      />,
      root,
    );
  });

  function show(next: ChallengeNotice | null): void {
    if (next !== notice && next !== null) announce(texts.notices[next]);
    notice = next;
    draw();
  }

  /** Only documents of our own tell where they are: the page that the card company leads back to. */
  function loaded(frame: HTMLIFrameElement): void {
    if (pathIn(frame) !== RETURN_PATH) return;
    show('checking');
    watch?.nudge();
  }

  function reopened(): void {
    openings += 1;
    show(null);
  }

  function question(): HTMLDialogElement | null {
    return root.querySelector('dialog');
  }

  function ask(): void {
    if (!isStopping && !question()?.open) question()?.showModal();
  }

  function answerAsk(): void {
    question()?.close();
  }

  async function stop(): Promise<void> {
    answerAsk();
    isStopping = true;
    announce(texts.notices.stopping);
    draw();
    const { kind } = await client.abandon();
    isStopped = kind === 'flow';
    isStopping = false;
    // What came of it the watch sees, and also that nothing did, for want of a connection.
    watch?.nudge();
    draw();
  }

  async function run(): Promise<Outcome> {
    addEventListener('online', () => watch?.nudge());
    addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || question()?.open) return;
      // The same key would close what it opens.
      event.preventDefault();
      ask();
    });
    watch = watchFlow(client, (answer) => {
      if (answer.kind === 'flow') url = answer.flow.nextUrl ?? url;
      if (answer.kind === 'unreachable') show('offline');
      // It led back without a decision, or did not load for want of a connection: then it has to be opened again.
      else show(notice === null ? null : 'unfinished');
    });
    const answer = await watch.outcome;
    const { alwaysReturns } = options;
    return challengeOutcome(answer, { clientSecret, alwaysReturns, isStopped, reasons: texts.reasons });
  }

  let running: Promise<Outcome> | null = null;
  return {
    show({ options: next }: FormState, nextTexts) {
      if (next.form !== 'challenge') return;
      const isFirst = texts === undefined;
      texts = nextTexts;
      options = next;
      draw();
      if (isFirst) root.querySelector('h1')?.focus();
    },
    collapse: ask,
    async answer({ kind }) {
      if (kind !== 'authenticate') return { kind: 'done' };
      running ??= run();
      return running;
    },
  };
}

const RETURN_PATH = '/authentication/return';

function pathIn({ contentWindow }: HTMLIFrameElement): string | null {
  try {
    return contentWindow?.location.pathname ?? null;
  } catch {
    return null;
  }
}
