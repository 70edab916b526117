const form = document.querySelector('form');
const button = document.querySelector('button');

function showError({ message }) {
  button.disabled = false;
  document.querySelector('#error').textContent = message;
}

const checkoutForm = window.Toast();
const { merchantId, oauthToken, sessionSecret } = form.dataset;
checkoutForm.initialize(() => {}, showError, { merchantId, oauthToken, sessionSecret, domElementId: 'checkout' });

form.addEventListener('submit', (event) => {
  event.preventDefault();
  button.disabled = true;
  // Enters the card and saves it; the form shows by itself what is wrong with its entries.
  checkoutForm.confirmIntent(({ intentId }) => location.assign(`/toast/saved?intent=${intentId}`), showError);
});
