import { type Finding, ok, problem, warning } from './finding.js';

const SKEW_MS_TOLERATED = 1_000;
/** Receivers of webhooks refuse what is five minutes off, and tokens live for minutes: well before that it hurts. */
const SKEW_MS_MAX = 30_000;

/** Compares another clock with ours: its time was read at some moment between the question and the answer. */
export function clockFinding(
  whose: string,
  read: { readonly theirs: number; readonly askedAt: number; readonly answeredAt: number; readonly unitMs: number },
): Finding {
  const { theirs, askedAt, answeredAt, unitMs } = read;
  const ahead = theirs - answeredAt;
  const behind = askedAt - (theirs + unitMs);
  const skewMs = Math.max(0, ahead, behind);
  if (skewMs <= SKEW_MS_TOLERATED) return ok('clock', `The clock of ${whose} agrees with ours`);
  const text = `The clock of ${whose} is ${(skewMs / 1_000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'} ours`;
  const advice = 'Let NTP set both clocks (timedatectl set-ntp true)';
  return skewMs > SKEW_MS_MAX ? problem('clock', text, advice) : warning('clock', text, advice);
}
