import { describe, expect, test } from 'vitest';
import { createLog, describeError, maskCardNumbers } from './log.js';

function aLog(format: 'json' | 'pretty' = 'json') {
  const lines: string[] = [];
  return { log: createLog({ level: 'info', format, writeLine: (line) => lines.push(line) }), lines };
}

describe('log', () => {
  test('a line is one JSON object with the event, its level, the time and the declared fields', () => {
    const { log, lines } = aLog();
    log.write('server.listening', { origin: 'api', url: 'http://127.0.0.1:4242' });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      event: 'server.listening',
      origin: 'api',
      url: 'http://127.0.0.1:4242',
    });
  });

  test('a field that the event does not declare, or of another type, is dropped', () => {
    const { log, lines } = aLog();
    const fields = { origin: 'api', url: { secret: 1 }, body: 'everything', constructor: 'x' };
    log.write('server.listening', fields as unknown as { origin: string });
    expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual(['level', 'time', 'event', 'origin']);
  });

  test('events below the level are not written', () => {
    const { log, lines } = aLog();
    log.write('job.ended', { job: 'expire', count: 0, durationMs: 1 });
    expect(lines).toEqual([]);
  });

  const runs = [
    // text                                masked
    ['4242424242424242', true],
    ['"description":"378282246310005"', true],
    ['x4012888888881881y', true],
    ['4242424242424241', false],
    ['424242424242', false],
    ['12345678901234567890123', true],
    ['0199c0de-0000-7000-8000-000000000000', false],
  ] as const;
  for (const [text, isMasked] of runs) {
    test(`a line with ${text} is ${isMasked ? 'masked' : 'left as it is'}`, () => {
      const safe = maskCardNumbers(text);
      expect(safe.count).toBe(isMasked ? 1 : 0);
      expect(safe.text.includes('[masked]')).toBe(isMasked);
      expect(/\d{13}/.test(safe.text)).toBe(!isMasked && /\d{13}/.test(text));
    });
  }

  test('a card number that got into a field is masked in the line, and counted', () => {
    const { log, lines } = aLog();
    log.write('server.stopping', { reason: 'card 5555555555554444' });
    expect(lines[0]).toContain('card [masked]');
    expect(log.maskedRuns()).toBe(1);
  });

  test('of an error its name, code and frames are logged, and its message is not', () => {
    const cause = Object.assign(new Error('value 4242424242424242'), { code: '23505' });
    const fields = describeError(new TypeError('customer is taro@example.com', { cause }));
    expect(fields).toMatchObject({ errorName: 'TypeError', causeName: 'Error', causeCode: '23505' });
    expect(fields.errorStack).toContain('log.test');
    expect(JSON.stringify(fields)).not.toMatch(/taro|4242/);
  });

  test('a pretty line is for a person: time, level, event, fields', () => {
    const { log, lines } = aLog('pretty');
    log.write('server.listening', { origin: 'api', url: 'http://127.0.0.1:1' });
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} info {2}server\.listening origin=api url=http:\/\/127\.0\.0\.1:1\n$/,
    );
  });
});
