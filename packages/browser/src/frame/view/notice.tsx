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
