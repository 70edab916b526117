import {
  ADDRESS_PARTS,
  APPEARANCE_VARIABLES,
  type Appearance,
  type Ask,
  type BillingDetails,
  CONTACT_FIELDS,
  type FormState,
  type Init,
  PROTOCOL_VERSION,
  type ToFrame,
} from './messages.js';
import {
  type Fields,
  fieldsOf,
  isInstanceId,
  isOneOf,
  isText,
  isWhole,
  REQUEST_NUMBER_MAX,
  readMessage,
  textsUnder,
  VALUE_CHARACTERS_MAX,
} from './read.js';

/** Reads the options of one form: each frame knows its own only. */
export type ParseOptions = (fields: Fields | null) => FormState['options'] | null;
export type ParseAsk = (fields: Fields | null) => Ask | null;

/** What the page posts to the frame's window; `null` for anything else. Who sent it is for the caller to check. */
export function parseInit(data: unknown, parseOptions: ParseOptions): Init | null {
  const { type, id, version, clientSecret, state: sentState } = readMessage(data) ?? {};
  const state = parseState(sentState, parseOptions);
  if (type !== 'init' || version !== PROTOCOL_VERSION || !isInstanceId(id)) return null;
  return isText(clientSecret, 255) && state ? { type, id, version, clientSecret, state } : null;
}

/** What the page sends by its port; `null` for anything else. */
export function parseToFrame(
  data: unknown,
  parseOptions: ParseOptions,
  parseAsk: ParseAsk = parseFormAsk,
): ToFrame | null {
  const fields = readMessage(data) ?? {};
  switch (fields.type) {
    case 'collapse':
      return { type: 'collapse' };
    case 'update': {
      const state = parseState(fields.state, parseOptions);
      return state && { type: 'update', state };
    }
    case 'ask': {
      const { number } = fields;
      const ask = parseAsk(fieldsOf(fields.ask));
      return ask && isWhole(number, REQUEST_NUMBER_MAX) ? { type: 'ask', number, ask } : null;
    }
    default:
      return null;
  }
}

function parseState(value: unknown, parseOptions: ParseOptions): FormState | null {
  const fields = fieldsOf(value) ?? {};
  const { locale } = fields;
  const appearance = parseAppearance(fieldsOf(fields.appearance));
  const options = parseOptions(fieldsOf(fields.options));
  return isOneOf(locale, ['ja', 'en']) && appearance && options ? { locale, appearance, options } : null;
}

function parseAppearance(fields: Fields | null): Appearance | null {
  const variables = textsUnder(fields?.variables, APPEARANCE_VARIABLES, 200);
  const isDark = fields?.isDark;
  return typeof isDark === 'boolean' && variables ? { isDark, variables } : null;
}

function parseFormAsk(fields: Fields | null): Ask | null {
  if (fields === null) return null;
  const { kind, returnUrl } = fields;
  if (kind === 'refresh' || kind === 'check' || kind === 'authenticate') return { kind };
  const billing = parseBilling(fields.billing);
  return kind === 'confirm' && isText(returnUrl, 2_048) && billing ? { kind, returnUrl, billing } : null;
}

function parseBilling(value: unknown): BillingDetails | null {
  const { address: sentAddress, ...contact } = fieldsOf(value) ?? {};
  const texts = textsUnder(contact, CONTACT_FIELDS, VALUE_CHARACTERS_MAX);
  if (texts === null) return null;
  if (sentAddress === undefined) return texts;
  const address = textsUnder(sentAddress, ADDRESS_PARTS, VALUE_CHARACTERS_MAX);
  return address && { ...texts, address };
}
