import { expect, test } from 'vitest';
import { singly } from './singly.js';

test('a drawing that is asked for while drawing comes right after it', () => {
  const steps: string[] = [];
  const draw = singly(() => {
    steps.push('from');
    if (steps.length === 1) draw();
    steps.push('to');
  });
  draw();
  expect(steps).toEqual(['from', 'to', 'from', 'to']);
});

test('a drawing that asks for itself for ever has an end', () => {
  let count = 0;
  const draw = singly(() => {
    count += 1;
    draw();
  });
  draw();
  expect(count).toBe(5);
});

test('after a drawing that throws the next one is drawn', () => {
  let count = 0;
  const draw = singly(() => {
    count += 1;
    if (count === 1) throw new Error('once');
  });
  expect(draw).toThrow('once');
  draw();
  expect(count).toBe(2);
});
