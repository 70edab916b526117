import { type CardForm, loadOnfile, type Onfile, type SaveResult } from '@onfile/js';

declare const onfile: Onfile;
declare const form: CardForm;
declare const result: SaveResult;
const clientSecret = 'setfws_1';

// Each line has to be refused. One that compiles is an error by itself.
export const wrong = [
  // @ts-expect-error no public key
  () => loadOnfile({ vaultUrl: 'https://vault.example' }),
  // @ts-expect-error no such locale
  () => loadOnfile({ vaultUrl: 'https://vault.example', publicKey: 'pk_test_1', locale: 'fr' }),
  // @ts-expect-error no client secret
  () => onfile.createCardForm({ locale: 'ja' }),
  // @ts-expect-error no such option
  () => onfile.createCardForm({ clientSecret, layout: 'tab' }),
  // @ts-expect-error no such variable
  () => onfile.createCardForm({ clientSecret, appearance: { variables: { colourPrimary: 'red' } } }),
  // @ts-expect-error no such field
  () => onfile.createCardForm({ clientSecret, fields: { number: false } }),
  // @ts-expect-error no such event
  () => form.on('saved', () => {}),
  // @ts-expect-error nothing typed is told
  () => form.on('change', ({ value }) => value),
  // @ts-expect-error a setup cannot become another
  () => form.update({ clientSecret }),
  // @ts-expect-error no such part of a bill
  () => form.save({ billingDetails: { nickname: 'taro' } }),
  // @ts-expect-error there may be none
  () => result.setupIntent.id,
  // @ts-expect-error only a failure has one
  () => result.error.code,
];
