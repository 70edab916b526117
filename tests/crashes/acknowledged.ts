/** What a client was told, in the order in which it was told. */
export type Acknowledgement =
  | { readonly told: 'created'; readonly flow: string }
  | { readonly told: 'succeeded'; readonly flow: string; readonly paymentMethod: string };

/** A setup flow as the API shows it after everything has settled. */
export interface SettledFlow {
  readonly status: string;
  readonly paymentMethod: string | null;
}

/** One line of the processor's own ledger. */
export interface LedgerLine {
  readonly type: string;
  readonly reference: string;
  readonly status: string;
}

/**
 * What does not fit together: every acknowledgement has to be in the database as it was given, no reference may have been
 * asked for twice, nothing may still wait for the processor, and each approval belongs to one setup that succeeded.
 */
export function contradictions(
  log: readonly Acknowledgement[],
  flows: ReadonlyMap<string, SettledFlow>,
  ledger: readonly LedgerLine[],
): readonly string[] {
  return [
    ...log.flatMap((acknowledgement) => broken(acknowledgement, flows.get(acknowledgement.flow))),
    ...stuck(flows),
    ...askedTwice(ledger),
    ...miscounted(flows, ledger),
  ];
}

function broken(acknowledgement: Acknowledgement, found: SettledFlow | undefined): readonly string[] {
  const { flow } = acknowledgement;
  if (found === undefined) return [`lost: ${flow} was acknowledged and is not there`];
  if (acknowledgement.told === 'created') return [];
  if (found.status !== 'succeeded') return [`changed: ${flow} was told to have succeeded and is ${found.status}`];
  if (found.paymentMethod === acknowledgement.paymentMethod) return [];
  return [`changed: ${flow} was told to have saved ${acknowledgement.paymentMethod} and has ${found.paymentMethod}`];
}

function stuck(flows: ReadonlyMap<string, SettledFlow>): readonly string[] {
  const waiting = [...flows].filter(([, { status }]) => status === 'processing');
  return waiting.map(([flow]) => `stuck: ${flow} is still processing`);
}

function askedTwice(ledger: readonly LedgerLine[]): readonly string[] {
  const requests = new Map<string, number>();
  for (const { type, reference } of ledger) {
    if (type === 'verification.requested') requests.set(reference, (requests.get(reference) ?? 0) + 1);
  }
  const doubled = [...requests].filter(([, times]) => times > 1);
  return doubled.map(([reference, times]) => `doubled: ${reference} was asked for ${times} times`);
}

function miscounted(flows: ReadonlyMap<string, SettledFlow>, ledger: readonly LedgerLine[]): readonly string[] {
  const approved = ledger.filter(({ type, status }) => type === 'verification.requested' && status === 'approved');
  const references = new Set(approved.map(({ reference }) => reference)).size;
  const succeeded = [...flows.values()].filter(({ status }) => status === 'succeeded').length;
  if (references === succeeded) return [];
  return [`miscounted: the processor approved ${references}, and ${succeeded} succeeded`];
}
