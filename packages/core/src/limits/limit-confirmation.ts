import type { Call } from '../call.js';
import type { Confirmation } from '../operations.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import type { Uuid } from '../scope.js';
import type { MethodAtHand } from '../setup-intent/method-at-hand.js';
import { addressNetwork } from './address-network.js';
import { CARDS_PER_SETUP_MAX, type CountedLimit } from './limits.js';

const DAY_MS = 24 * 60 * 60_000;

/**
 * What has to be within its limit for a confirmation to begin; counted by the commit that begins it. The narrower come
 * first, so that whoever is stopped by one uses up nothing that others share.
 */
export function limitConfirmation(
  { limits }: Ports,
  { scope, client }: Call,
  { by }: Confirmation,
  { id, method }: { readonly id: Uuid; readonly method: MethodAtHand },
): readonly Change[] {
  const { fingerprint } = method.paymentMethod.card;
  const cardsOfSetup: CountedLimit = {
    ...{ name: 'cards_of_setup', subject: `setup ${id}`, kind: 'members', member: fingerprint },
    ...{ max: CARDS_PER_SETUP_MAX, periodMs: DAY_MS },
  };
  const high = limits[scope.mode];
  if (high === null) return [counted(cardsOfSetup)];

  const address = by === 'merchant' ? null : client.address;
  return [
    ...(address === null
      ? []
      : [
          counted({
            name: 'address',
            subject: `address ${addressNetwork(address)}`,
            kind: 'count',
            ...high.perAddress,
          }),
        ]),
    counted(cardsOfSetup),
    counted({ name: 'card', subject: `card ${fingerprint}`, kind: 'count', ...high.perCard }),
    ...limitEnteredCard({ limits }, { scope }, method),
    counted({ name: 'merchant', subject: 'confirmations', kind: 'rate', ...high.perMerchant }),
  ];
}

/** Of a card that is entered now: how often it may be at all merchants together, and that it was seen. */
export function limitEnteredCard(
  { limits }: Pick<Ports, 'limits'>,
  { scope }: Pick<Call, 'scope'>,
  { sighting }: Pick<MethodAtHand, 'sighting'>,
): readonly Change[] {
  const high = limits[scope.mode];
  if (high === null || sighting === null) return [];
  const { everywhere: subject, ...seen } = sighting;
  return [
    { kind: 'note_card', ...seen },
    counted({ name: 'card_everywhere', subject: `card ${subject}`, kind: 'count', ...high.perCardEverywhere }),
  ];
}

function counted(limit: CountedLimit): Change {
  return { kind: 'count', limit };
}
