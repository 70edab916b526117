import { defineCardForm, loadOnfile, type OnfileError, type SaveResult } from '@onfile/js';

/** Everything that the package offers, as a page with types uses it. It has to compile. */
export async function saveCard(clientSecret: string): Promise<string> {
  const onfile = await loadOnfile({ vaultUrl: 'https://vault.example', publicKey: 'pk_test_1', locale: 'ja' });
  const form = onfile.createCardForm({
    clientSecret,
    appearance: { theme: 'dark', variables: { colorPrimary: '#0a7', fontSizeBase: '18px' } },
    fields: { phone: false },
    defaultValues: { email: 'taro@example.com' },
  });
  const end = form.on('change', ({ isComplete, isEmpty }) => console.log(isComplete, isEmpty));
  form.on('loaderror', ({ error }) => console.log(error.code));
  form.mount(document.body);
  form.update({ locale: 'en' });
  const result = await form.save({
    returnUrl: 'https://shop.example/',
    billingDetails: { address: { country: 'JP' } },
  });
  end();
  form.unmount();
  return describeResult(result);
}

function describeResult(result: SaveResult): string {
  switch (result.status) {
    case 'succeeded':
      return result.setupIntent.id;
    case 'processing':
    case 'canceled':
      return result.status;
    case 'failed':
      return describeError(result.error);
  }
}

function describeError({ code, fields, isShown, message }: OnfileError): string {
  return isShown ? fields.map(({ field }) => field).join() : `${code}: ${message}`;
}

export function useElement(): void {
  defineCardForm({ vaultUrl: 'https://vault.example' });
  const card = document.createElement('onfile-card-form');
  card.appearance = { theme: 'dark' };
  card.save().then(({ setupIntent }) => console.log(setupIntent?.paymentMethodId));
}
