import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { ATTENTION, Icon } from './icons.js';

export interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly note?: string | undefined;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  /** Beside what is typed; it says nothing that is not said elsewhere too. */
  readonly badge?: string | undefined;
  /** The longest text that may come to stand below the field. Its room is kept free, so that no problem moves anything. */
  readonly room?: string | undefined;
  /** Beside another one where there is room. */
  readonly isHalf?: boolean;
  readonly children: (describedBy: string | undefined) => ComponentChildren;
}

/** A label above, the field, and below it one place for the hint or, instead, for what is wrong. */
export function Field({ name, label, note, hint, problem, badge, room, isHalf, children }: FieldProps) {
  const below = problem ?? hint;
  return (
    <div class={isHalf ? 'field half' : 'field'}>
      <label for={name}>
        {label}
        {note && <span class="note">{note}</span>}
      </label>
      <div class="entry">
        {children(below === undefined ? undefined : `${name}-below`)}
        {badge && (
          <span class="badge" aria-hidden="true">
            {badge}
          </span>
        )}
      </div>
      <div class="below" data-room={room}>
        <p id={`${name}-below`} class={problem === undefined ? 'hint' : 'problem'}>
          {problem !== undefined && <Icon shape={ATTENTION} />}
          {below !== undefined && <span>{below}</span>}
        </p>
      </div>
    </div>
  );
}

/** Of texts for one place: the one that is the tallest there, whatever the width. */
export function longestOf(texts: readonly string[]): string {
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
}

export interface TextInputProps {
  readonly name: string;
  readonly describedBy: string | undefined;
  readonly isInvalid: boolean;
  readonly initial?: string | undefined;
  readonly attributes: InputHTMLAttributes<HTMLInputElement>;
  readonly on: EntryListener;
}

/** Where entries are told; the program reads and writes the element itself, since a controlled one loses the caret. */
export interface EntryListener {
  /** `inputType` as the browser's event has it; none where the event has none, such as a filled form's. */
  entered(name: string, input: HTMLInputElement, inputType?: string): void;
  left(name: string, input: HTMLInputElement): void;
}

export function TextInput({ name, describedBy, isInvalid, initial, attributes, on }: TextInputProps) {
  return (
    <input
      type="text"
      id={name}
      name={name}
      defaultValue={initial ?? ''}
      aria-invalid={isInvalid ? 'true' : undefined}
      aria-describedby={describedBy}
      // While an input method composes, the text is its own.
      onInput={(event) => {
        if (!event.isComposing) on.entered(name, event.currentTarget, event.inputType);
      }}
      onCompositionEnd={({ currentTarget }) => on.entered(name, currentTarget)}
      onBlur={({ currentTarget }) => on.left(name, currentTarget)}
      {...attributes}
    />
  );
}
