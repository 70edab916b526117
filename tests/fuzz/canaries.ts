/**
 * Published test cards whose digits are varied enough not to be found anywhere by chance, and which none of our pages
 * suggests to whoever tries it out.
 */
export const CARDS = ['371449635398431', '3566002020360505', '6011000990139424', '30569309025904'] as const;

/** One that the simulated issuer declines. Its zeros could be found in any memory, so it is not looked for. */
export const DECLINED_CARD = '4000000000000002';

/**
 * Put into addresses and headers. Node's parser makes strings of those before any of our code runs, and strings cannot be
 * wiped: they are looked for in everything that is written, and not in memory.
 */
export const CARD_IN_HEADS = '4012888888881881';

/** Typed beside a card in requests that are not altered: of an altered one nobody can tell whether its code still is one. */
export const CODES = ['8137', '9254'] as const;
/** Not looked for. */
export const UNWATCHED_CODES = ['1234', '123'] as const;
