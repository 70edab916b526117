import { CARD_BRANDS, type CardBrand } from '@onfile/core';
import type { PaymentOptions } from '../../protocol/messages.js';
import type { CardFormField } from '../texts/fields.js';
import { type EntryListener, Field, longestOf, TextInput } from '../view/field.js';
import { CARD, Icon, SHIELD } from '../view/icons.js';
import { Notice } from '../view/notice.js';
import type { NoticeName, PaymentTexts } from './texts.js';

export interface PaymentView {
  readonly texts: PaymentTexts;
  readonly options: PaymentOptions;
  readonly isTest: boolean;
  readonly isOpen: boolean;
  readonly isWorking: boolean;
  readonly isMethodMissing: boolean;
  readonly brand: CardBrand | null;
  readonly problems: Readonly<Partial<Record<CardFormField, string>>>;
  /** What stands in the form's place. */
  readonly notice: NoticeName | null;
  /** Why the latest attempt did not save the card. */
  readonly decline: string | null;
  readonly on: EntryListener & { toggled(): void };
}

export function PaymentForm(view: PaymentView) {
  const { texts, notice, isTest, isWorking } = view;
  return (
    <form noValidate aria-busy={isWorking ? 'true' : undefined} onSubmit={(event) => event.preventDefault()}>
      {isTest && <p class="ribbon">{texts.testMode}</p>}
      {notice === null ? (
        <Method {...view} />
      ) : (
        <Notice
          tone={notice === 'succeeded' ? 'good' : notice === 'failed' || notice === 'canceled' ? 'danger' : 'calm'}
          heading={texts.notices[notice].heading}
          body={[texts.notices[notice].body]}
        />
      )}
    </form>
  );
}

/** The one method that can be saved, under a tab or a row to open. */
function Method(view: PaymentView) {
  const { texts, options, isOpen, isMethodMissing, on } = view;
  const isTab = options.layout === 'tab';
  const state = isTab ? ({ role: 'tab', 'aria-selected': isOpen } as const) : { class: 'row', 'aria-expanded': isOpen };
  const method = (
    <button type="button" id="method" aria-controls="card" onClick={on.toggled} {...state}>
      {!isTab && <span class="dot" />}
      <Icon shape={CARD} />
      <span>{texts.card}</span>
    </button>
  );
  return (
    <>
      <div class={isTab ? undefined : 'rows'}>
        {isTab ? (
          <div role="tablist" class="tabs" aria-label={texts.methods}>
            {method}
          </div>
        ) : (
          method
        )}
        <section role={isTab ? 'tabpanel' : undefined} id="card" aria-labelledby="method" hidden={!isOpen}>
          <CardFields {...view} />
        </section>
      </div>
      {!isOpen && (
        <div class="below" data-room={texts.chooseMethod}>
          {isMethodMissing && <p class="problem">{texts.chooseMethod}</p>}
        </div>
      )}
    </>
  );
}

function CardFields(view: PaymentView) {
  const { texts, options, decline, isWorking, brand } = view;
  const { form, codeHint } = texts;
  const cvcHint =
    decline !== null
      ? texts.enterCodeAgain
      : brand === null
        ? form.hints.card_cvc
        : codeHint[CARD_BRANDS[brand].cvcLength];
  return (
    <>
      <fieldset disabled={isWorking} class="fields">
        <legend class="unseen">{texts.card}</legend>
        <Text view={view} name="card_number" kind="digits" autocomplete="cc-number" badge={brandName(brand)} />
        <div class="pair">
          <Text
            view={view}
            name="card_expiry"
            kind="digits"
            autocomplete="cc-exp"
            hint={form.hints.card_expiry}
            placeholder="MM / YY"
          />
          <Text
            view={view}
            name="card_cvc"
            kind="digits"
            autocomplete="cc-csc"
            hint={cvcHint}
            otherHints={[form.hints.card_cvc, codeHint[3], codeHint[4], texts.enterCodeAgain]}
          />
        </div>
        {options.asks.name && (
          <Text
            view={view}
            name="card_name"
            kind="capitals"
            autocomplete="cc-name"
            hint={form.hints.card_name}
            initial={options.values.name}
          />
        )}
      </fieldset>
      {(options.asks.email || options.asks.phone) && <ContactFields {...view} />}
      <Outcome {...view} />
    </>
  );
}

/** What comes next, what is under way, or why it came to nothing: one place, which has room for each from the start. */
function Outcome({ texts, decline, isWorking }: PaymentView) {
  const { heading, reasons } = texts.declined;
  return (
    <div class="outcome" data-room={`${heading}\n${longestOf(Object.values(reasons))}`}>
      {decline !== null && !isWorking ? (
        <Notice tone="danger" heading={heading} body={[decline]} />
      ) : (
        <p class="aside">
          <Icon shape={SHIELD} />
          <span>{isWorking ? texts.working : texts.form.authentication}</span>
        </p>
      )}
    </div>
  );
}

function ContactFields(view: PaymentView) {
  const { texts, options, isWorking } = view;
  const isChoice = options.asks.email && options.asks.phone;
  return (
    <fieldset disabled={isWorking} class="fields contact" aria-describedby={isChoice ? 'contact-reason' : undefined}>
      <legend>{texts.form.contactLegend}</legend>
      {isChoice && (
        <p class="hint" id="contact-reason">
          {texts.form.contactReason}
        </p>
      )}
      {options.asks.email && (
        <Text view={view} name="email" kind="email" autocomplete="email" initial={options.values.email} />
      )}
      {options.asks.phone && (
        <Text view={view} name="phone" kind="tel" autocomplete="tel" initial={options.values.phone} />
      )}
    </fieldset>
  );
}

/** Text fields all: other types take full-width characters away, or refuse them in the browser's own language. */
const KINDS = {
  digits: { inputMode: 'numeric', class: 'digits', spellcheck: false },
  capitals: { autocapitalize: 'characters', spellcheck: false },
  email: { inputMode: 'email', autocapitalize: 'none', spellcheck: false },
  tel: { inputMode: 'tel' },
} as const;

function Text(props: {
  readonly view: PaymentView;
  readonly name: CardFormField;
  readonly kind: keyof typeof KINDS;
  readonly autocomplete: string;
  readonly hint?: string;
  readonly otherHints?: readonly string[];
  readonly badge?: string | undefined;
  readonly initial?: string | undefined;
  readonly placeholder?: string;
}) {
  const { view, name, kind, autocomplete, hint, otherHints = [], badge, initial, placeholder } = props;
  const { form, problems } = view.texts;
  const problem = view.problems[name];
  const room = longestOf([hint ?? '', ...otherHints, ...Object.values(problems[name])]);
  return (
    <Field name={name} label={form.labels[name]} hint={hint} problem={problem} badge={badge} room={room}>
      {(describedBy) => (
        <TextInput
          name={name}
          describedBy={describedBy}
          isInvalid={problem !== undefined}
          initial={initial}
          on={view.on}
          attributes={{ ...KINDS[kind], autocomplete, ...(placeholder === undefined ? {} : { placeholder }) }}
        />
      )}
    </Field>
  );
}

function brandName(brand: CardBrand | null): string | undefined {
  return brand === null ? undefined : CARD_BRANDS[brand].displayName;
}
