import { ATTENTION, DONE, Icon, SHIELD } from './icons.js';

const SHAPES = { danger: ATTENTION, good: DONE, calm: SHIELD } as const;

/** Something to know about the whole form. It takes the focus when it comes after an action. */
export function Notice({
  tone,
  heading,
  body,
}: {
  readonly tone: keyof typeof SHAPES;
  readonly heading: string;
  readonly body: readonly string[];
}) {
  return (
    <section class={`notice ${tone}`} aria-labelledby="notice" tabIndex={-1}>
      <Icon shape={SHAPES[tone]} />
      <div>
        <p id="notice" class="heading">
          {heading}
        </p>
        {body.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </div>
    </section>
  );
}

/** The room that a notice of one text takes, kept free for one that may come. */
export function NoticeRoom({ heading, body }: { readonly heading: string; readonly body: string }) {
  return (
    <div class="notice room" aria-hidden="true">
      <Icon shape={ATTENTION} />
      <div>
        <p class="heading">{heading}</p>
        <p>{body}</p>
      </div>
    </div>
  );
}
