import { CARD_BRANDS, type CardBrand } from '@onfile/core';
import type { CheckoutBox, CheckoutField } from '../../protocol/checkout-messages.js';
import { type EntryListener, Field, longestOf, TextInput } from '../view/field.js';
import { ATTENTION, Icon } from '../view/icons.js';
import { Notice } from '../view/notice.js';
import type { BoxToTick } from './consent.js';
import type { CheckoutTexts, NoticeName } from './texts.js';

export interface CheckoutView {
  readonly texts: CheckoutTexts;
  readonly isTest: boolean;
  readonly isWorking: boolean;
  readonly brand: CardBrand | null;
  readonly boxes: readonly BoxToTick[];
  readonly problems: Readonly<Partial<Record<CheckoutField | CheckoutBox, string>>>;
  /** What stands in the form's place. */
  readonly notice: NoticeName | null;
  /** Why the card that was entered before was not saved, in the form for another: no longer than a decline. */
  readonly setback: readonly string[] | null;
  readonly on: EntryListener & { ticked(box: CheckoutBox, isChecked: boolean): void; submitted(): void };
}

export function CheckoutForm(view: CheckoutView) {
  const { texts, notice, isTest, isWorking, on } = view;
  return (
    <form
      noValidate
      class="checkout"
      aria-busy={isWorking ? 'true' : undefined}
      onSubmit={(event) => event.preventDefault()}
      // A form without a button does not submit by itself.
      onKeyDown={({ key, target }) => {
        if (key === 'Enter' && target instanceof HTMLInputElement) on.submitted();
      }}
    >
      {isTest && <p class="ribbon">{texts.testMode}</p>}
      {notice === null ? (
        <Card {...view} />
      ) : (
        <Notice tone={TONES[notice]} heading={texts.notices[notice].heading} body={[texts.notices[notice].body]} />
      )}
    </form>
  );
}

const TONES = { saved: 'good', processing: 'calm', expired: 'danger', failed: 'danger' } as const;

function Card(view: CheckoutView) {
  const { texts, setback, isWorking, brand, boxes } = view;
  const { labels, hints } = texts.form;
  const cvcHint = brand === null ? hints.card_cvc : texts.codeHint[CARD_BRANDS[brand].cvcLength];
  const brandName = brand === null ? undefined : CARD_BRANDS[brand].displayName;
  return (
    <>
      <fieldset disabled={isWorking} class="fields">
        <legend class="unseen">{texts.card}</legend>
        <Entry view={view} name="card_number" label={labels.card_number} autocomplete="cc-number" badge={brandName} />
        <div class="pair">
          <Entry
            view={view}
            name="card_expiry"
            label={labels.card_expiry}
            autocomplete="cc-exp"
            hint={hints.card_expiry}
            placeholder="MM / YY"
          />
          <Entry view={view} name="card_cvc" label={labels.card_cvc} autocomplete="cc-csc" hint={cvcHint} />
        </div>
        <Entry
          view={view}
          name="postal_code"
          label={texts.postalCode}
          autocomplete="postal-code"
          hint={texts.postalCodeHint}
        />
        {boxes.map((box) => (
          <Box key={box.box} {...box} view={view} />
        ))}
      </fieldset>
      <div class="outcome" data-room={[texts.declined.heading, ...texts.declined.body].join('\n')}>
        {setback !== null && <Notice tone="danger" heading={texts.declined.heading} body={setback} />}
      </div>
    </>
  );
}

function Entry(props: {
  readonly view: CheckoutView;
  readonly name: CheckoutField;
  readonly label: string;
  readonly autocomplete: string;
  readonly hint?: string;
  readonly badge?: string | undefined;
  readonly placeholder?: string;
}) {
  const { view, name, label, autocomplete, hint, badge, placeholder } = props;
  const problem = view.problems[name];
  const keyboard = name === 'postal_code' ? POSTAL : DIGITS;
  const { codeHint, form } = view.texts;
  const otherHints = name === 'card_cvc' ? [form.hints.card_cvc, ...Object.values(codeHint)] : [];
  const room = longestOf([hint ?? '', ...otherHints, ...Object.values(view.texts.problems[name])]);
  return (
    <Field name={name} label={label} hint={hint} problem={problem} badge={badge} room={room}>
      {(describedBy) => (
        <TextInput
          name={name}
          describedBy={describedBy}
          isInvalid={problem !== undefined}
          on={view.on}
          attributes={{ ...keyboard, autocomplete, ...(placeholder === undefined ? {} : { placeholder }) }}
        />
      )}
    </Field>
  );
}

const DIGITS = { inputMode: 'numeric', class: 'digits', spellcheck: false } as const;
/** Canada's have letters. */
const POSTAL = { autocapitalize: 'characters', spellcheck: false } as const;

function Box({ view, box, label, terms, isRequired }: BoxToTick & { readonly view: CheckoutView }) {
  const problem = view.problems[box];
  return (
    <div class="box">
      <input
        type="checkbox"
        id={box}
        name={box}
        required={isRequired}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={`${box}-terms ${box}-below`}
        onChange={({ currentTarget }) => view.on.ticked(box, currentTarget.checked)}
      />
      <label for={box}>{label}</label>
      <p id={`${box}-terms`} class="terms">
        {terms}
      </p>
      <div class="below" data-room={isRequired ? view.texts.consent[`${box}Required`] : undefined}>
        <p id={`${box}-below`} class="problem">
          {problem !== undefined && <Icon shape={ATTENTION} />}
          {problem !== undefined && <span>{problem}</span>}
        </p>
      </div>
    </div>
  );
}
