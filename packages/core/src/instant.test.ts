import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderInstant } from './instant.js';

const instants = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });

test('a moment is rendered as a Date renders it, whatever was rendered before', () => {
  fc.assert(
    fc.property(fc.array(instants), fc.nat(3_000), (moments, step) => {
      for (const moment of moments.flatMap((each) => [each, Math.min(each + step, 8_640_000_000_000_000), each])) {
        expect(renderInstant(moment)).toBe(new Date(moment).toISOString());
      }
    }),
  );
});

test.each([Number.NaN, 8_640_000_000_000_001, Number.POSITIVE_INFINITY])('%d is no moment', (value) => {
  expect(() => renderInstant(value)).toThrow(RangeError);
});
