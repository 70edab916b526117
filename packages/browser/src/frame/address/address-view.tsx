import type { AddressField, AddressOptions, FormLocale } from '../../protocol/messages.js';
import { type EntryListener, Field, longestOf, TextInput } from '../view/field.js';
import type { AddressProblems } from './check-address.js';
import { countriesIn } from './countries.js';
import type { AddressTexts } from './texts.js';

export interface AddressView {
  readonly texts: AddressTexts;
  readonly locale: FormLocale;
  readonly options: AddressOptions;
  readonly problems: AddressProblems;
  readonly on: EntryListener & { chose(): void };
}

export function AddressForm(view: AddressView) {
  const { locale, options } = view;
  const names = ORDER[locale].filter((name) => name !== 'phone' || options.asksPhone);
  return (
    <form noValidate onSubmit={(event) => event.preventDefault()}>
      <div class="fields halves">
        <Country {...view} />
        {names.map((name) => (
          // The key keeps what is entered when the language, and with it the order, changes.
          <Text key={name} view={view} name={name} />
        ))}
      </div>
    </form>
  );
}

type TypedField = Exclude<AddressField, 'country'>;

const ORDER: Readonly<Record<FormLocale, readonly TypedField[]>> = {
  ja: ['name', 'zip', 'state', 'city', 'line1', 'line2', 'phone'],
  en: ['name', 'line1', 'line2', 'city', 'state', 'zip', 'phone'],
};

const ATTRIBUTES = {
  name: { autocomplete: 'name' },
  zip: { autocomplete: 'postal-code', inputMode: 'numeric', class: 'digits' },
  state: { autocomplete: 'address-level1' },
  city: { autocomplete: 'address-level2' },
  line1: { autocomplete: 'address-line1' },
  line2: { autocomplete: 'address-line2' },
  phone: { autocomplete: 'tel', inputMode: 'tel' },
} as const;

function Country({ texts, locale, options, on }: AddressView) {
  return (
    <Field name="country" label={texts.labels.country}>
      {() => (
        <select id="country" name="country" autocomplete="country" onChange={on.chose}>
          {countriesIn(locale).map(({ code, name }) => (
            <option key={code} value={code} selected={code === (options.values.country ?? 'JP')}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Text({ view, name }: { readonly view: AddressView; readonly name: TypedField }) {
  const { texts, options, problems, on } = view;
  const problem = problems[name];
  const { autocomplete, ...attributes } = ATTRIBUTES[name];
  const isHalf = name === 'state' || name === 'city';
  const { labels, required, looksLikeCardNumber, zipUnreadable, phoneUnreadable } = texts;
  const room = longestOf([
    required(labels[name]),
    looksLikeCardNumber(labels[name]),
    ...(name === 'zip' ? [zipUnreadable] : name === 'phone' ? [phoneUnreadable] : []),
  ]);
  return (
    <Field
      name={name}
      label={labels[name]}
      note={name === 'line2' ? texts.optional : undefined}
      problem={problem}
      room={room}
      isHalf={isHalf}
    >
      {(describedBy) => (
        <TextInput
          name={name}
          describedBy={describedBy}
          isInvalid={problem !== undefined}
          initial={options.values[name]}
          on={on}
          attributes={{ autocomplete: `${options.mode} ${autocomplete}`, ...attributes }}
        />
      )}
    </Field>
  );
}
