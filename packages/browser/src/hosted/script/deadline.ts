import type { HostedTexts } from '../texts/texts.js';
import { byId, made } from './elements.js';

const AHEAD_MS = 120_000;
/** A timer cannot be set further ahead. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Says that the page ends, two minutes before it does; and then goes to where that is shown, unless the form is on its way. */
export function announceDeadline({ live }: HostedTexts, page: { isWorking(): boolean; leave(): void }): void {
  const endsInMs = Number(byId('deadline').dataset.secondsLeft) * 1000;
  if (!(endsInMs > 0 && endsInMs <= TIMER_MS_MAX)) return;

  const endsAt = Date.now() + endsInMs;
  setTimeout(() => show(live, endsAt), Math.max(0, endsInMs - AHEAD_MS));
  setTimeout(() => {
    if (!page.isWorking()) page.leave();
  }, endsInMs);
}

function show(live: HostedTexts['live'], endsAt: number): void {
  const place = byId('deadline');
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: 'short' }).format(endsAt);
  const button = made('button', { type: 'button', class: 'pick' }, live.endsSoonSeen);
  // What has the focus is not hidden by the bar: the page may then be scrolled further.
  document.documentElement.classList.add('has-deadline');
  button.addEventListener('click', () => {
    place.replaceChildren();
    document.documentElement.classList.remove('has-deadline');
  });
  place.replaceChildren(made('p', {}, live.endsSoon(time)), button);
}
