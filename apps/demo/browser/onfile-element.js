const form = document.querySelector('form');
const button = document.querySelector('button');
const card = document.querySelector('onfile-card-form');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  const { status, error } = await card.save();
  // Once the card is saved, the element has the setup's id for its form.
  if (status === 'succeeded') form.submit();
  button.disabled = false;
  document.querySelector('#error').textContent = error && !error.isShown ? error.message : '';
});
