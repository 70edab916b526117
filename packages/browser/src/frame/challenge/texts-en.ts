import { EN_FIELDS } from '../texts/fields-en.js';
import type { ChallengeTexts } from './texts.js';

export const TEXTS: ChallengeTexts = {
  heading: 'Check by your card company (3-D Secure)',
  lead: 'Your card company checks that it is you. This window closes by itself when it is done.',
  bankFrame: 'Your card company’s page',
  close: 'Close',
  openAgain: 'Open the page again',
  notices: {
    unfinished: 'The check is not finished yet.',
    offline: 'There is no connection. As soon as there is, this goes on.',
    checking: 'Thank you. Waiting for your card company’s answer.',
    stopping: 'Stopping. Please wait.',
  },
  ask: {
    heading: 'Stop the check?',
    body: 'Your card will not be saved if you stop now.',
    stay: 'Go on with the check',
    stop: 'Stop',
  },
  reasons: EN_FIELDS.declined.reasons,
};
