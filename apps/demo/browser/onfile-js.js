import { loadOnfile } from '@onfile/js';

const page = document.querySelector('form');
const button = document.querySelector('button');
const { vaultUrl, publicKey } = page.dataset;
// Back from a bank that took the whole window, the address names the setup that was left.
const clientSecret = new URLSearchParams(location.search).get('setup_flow_client_secret') ?? page.dataset.clientSecret;

const onfile = await loadOnfile({ vaultUrl, publicKey, locale: 'en' });
const form = onfile.createCardForm({ clientSecret });
form.mount('#card');
show(await onfile.resume(clientSecret));

page.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  show(await form.save());
  button.disabled = false;
});

function show({ status, setupIntent, error }) {
  if (status === 'succeeded') location.assign(`/onfile-js/saved?setup_flow_id=${setupIntent.id}`);
  // What is wrong with an entry, and why a card was declined, the form itself shows.
  document.querySelector('#error').textContent = error && !error.isShown ? error.message : '';
}
