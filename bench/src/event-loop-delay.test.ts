import { expect, test } from 'vitest';
import { parseEventLoopDelay } from './event-loop-delay.js';

test("the event loop's delay is read from the server's metrics, in milliseconds, and nothing else is taken for it", () => {
  const metrics = [
    '# TYPE onfile_event_loop_delay_seconds gauge',
    'onfile_event_loop_delay_seconds{quantile="0.5"} 0.001',
    'onfile_event_loop_delay_seconds{quantile="0.99"} 0.0125',
    '# EOF',
  ].join('\n');
  expect(parseEventLoopDelay(metrics)).toBe(12.5);
  expect(() => parseEventLoopDelay(metrics.replace('0.99', '0.95'))).toThrow('does not tell');
});
