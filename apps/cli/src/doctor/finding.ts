/** One thing that `doctor` looked at. */
export interface Finding {
  readonly check: Check;
  /** `skipped`: it could not be looked at from here, which is no fault. */
  readonly level: Level;
  readonly text: string;
  /** What to do; `null` when nothing has to be done. */
  readonly advice: string | null;
}

export type Level = 'ok' | 'skipped' | 'warning' | 'problem';
export type Check = 'configuration' | 'server' | 'clock' | 'database' | 'tls' | 'headers' | 'scripts' | 'webhooks';

export const ok = (check: Check, text: string): Finding => ({ check, level: 'ok', text, advice: null });

export const skipped = (check: Check, text: string, advice: string): Finding => ({
  check,
  level: 'skipped',
  text,
  advice,
});

export const warning = (check: Check, text: string, advice: string): Finding => ({
  check,
  level: 'warning',
  text,
  advice,
});

export const problem = (check: Check, text: string, advice: string): Finding => ({
  check,
  level: 'problem',
  text,
  advice,
});
