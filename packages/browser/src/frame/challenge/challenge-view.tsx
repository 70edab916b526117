import { Icon, SHIELD } from '../view/icons.js';
import type { ChallengeNotice, ChallengeTexts } from './texts.js';

interface View {
  readonly texts: ChallengeTexts;
  readonly heightPx: number;
  /** The card company's page; `null` until the server has told it. */
  readonly url: string | null;
  /** How often it was opened anew. */
  readonly openings: number;
  readonly notice: ChallengeNotice | null;
  readonly on: {
    closed(): void;
    stayed(): void;
    stopped(): void;
    loaded(frame: HTMLIFrameElement): void;
    reopened(): void;
  };
}

export function ChallengeView({ texts, heightPx, url, openings, notice, on }: View) {
  return (
    <div class="challenge">
      <header>
        <Icon shape={SHIELD} />
        <div>
          <h1 tabIndex={-1}>{texts.heading}</h1>
          <p>{texts.lead}</p>
        </div>
        <button type="button" class="close" aria-label={texts.close} onClick={on.closed}>
          <Icon shape={CROSS} />
        </button>
      </header>
      {notice !== null && (
        <div class="bar">
          <p>{texts.notices[notice]}</p>
          {(notice === 'unfinished' || notice === 'offline') && (
            <button type="button" onClick={on.reopened}>
              {texts.openAgain}
            </button>
          )}
        </div>
      )}
      {url !== null && (
        <iframe
          key={openings}
          title={texts.bankFrame}
          src={url}
          style={{ height: `${heightPx}px` }}
          sandbox={SANDBOX}
          referrerPolicy="no-referrer"
          onLoad={({ currentTarget }) => on.loaded(currentTarget)}
        />
      )}
      <Question texts={texts} on={on} />
    </div>
  );
}

function Question({ texts: { ask }, on }: Pick<View, 'texts' | 'on'>) {
  return (
    <dialog aria-labelledby="ask" aria-describedby="ask-body">
      <h2 id="ask">{ask.heading}</h2>
      <p id="ask-body">{ask.body}</p>
      <div class="choices">
        <button type="button" class="primary" onClick={on.stayed}>
          {ask.stay}
        </button>
        <button type="button" onClick={on.stopped}>
          {ask.stop}
        </button>
      </div>
    </dialog>
  );
}

/** No way to take the pages around it elsewhere. */
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals';

const CROSS = 'M6 6l12 12M18 6L6 18';
