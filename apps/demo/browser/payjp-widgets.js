/* global PayjpPayments */
const form = document.querySelector('form');
const button = document.querySelector('button');
const { publicKey, clientSecret } = form.dataset;

const widgets = PayjpPayments(publicKey).widgets({ clientSecret, locale: 'en' });
widgets.createForm('payment').mount('#card');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  // Resolves only when the card was not saved; otherwise the browser goes on, over the bank's page if need be.
  const { error } = await widgets.confirmSetup({ return_url: `${location.origin}/payjp-widgets/saved` });
  button.disabled = false;
  // The form shows by itself what is wrong with its entries, and why a card was declined.
  if (error.type !== 'validation_error') document.querySelector('#error').textContent = error.message;
});
