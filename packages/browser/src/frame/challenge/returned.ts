/**
 * In the page that the card company leads back to, inside a frame. In our challenge it stays: the document around it asks
 * the server how it went. In any other frame it was a whole page of the merchant's that left for the card company, and
 * goes on.
 */
const { next } = document.documentElement.dataset;
if (next !== undefined && !isInChallenge()) location.replace(next);

function isInChallenge(): boolean {
  try {
    return parent !== window && parent.location.pathname === '/frame/challenge';
  } catch {
    return false;
  }
}
