import type { Uuid } from '@onfile/core';
import { uuid } from '@onfile/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPayjpIds, PAYJP_ID_PREFIXES } from './ids.js';

const ids = createPayjpIds(PAYJP_ID_PREFIXES);
const LOWEST = '00000000-0000-0000-0000-000000000000' as Uuid;
const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff' as Uuid;
const SECRET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ';

test('an id is the prefix and the UUID in 26 characters', () => {
  expect(ids.setupFlow.render(LOWEST)).toBe('setfw_00000000000000000000000000');
  expect(ids.setupFlow.render(HIGHEST)).toBe('setfw_7zzzzzzzzzzzzzzzzzzzzzzzzz');
  expect(ids.event.render('019b7e1a-0000-7000-8000-00000000000a' as Uuid)).toBe('evnt_01kdz1m000e00800000000000a');
});

test('every UUID comes back from its id', () => {
  fc.assert(fc.property(fc.uuid(), (id) => ids.setupFlow.parse(ids.setupFlow.render(id as Uuid)) === id));
});

test('ids sort as the UUIDs do', () => {
  const [earlier, later] = [ids.setupFlow.render(uuid(1)), ids.setupFlow.render(uuid(2))];
  expect(earlier < later).toBe(true);
});

describe('what is no id', () => {
  test.each([
    ['nothing', ''],
    ['the prefix alone', 'setfw_'],
    ['another prefix', 'cus_01kdz1m000e00800000000000a'],
    ['one character less', 'setfw_01kdz1m000e0080000000000a'],
    ['one character more', 'setfw_01kdz1m000e00800000000000aa'],
    ['more than 128 bits', 'setfw_81kdz1m000e00800000000000a'],
    ['capital letters', 'setfw_01KDZ1M000E00800000000000A'],
    ['a letter that is left out', 'setfw_01kdz1m000e0080000000000il'],
    ['the UUID itself', LOWEST],
    ['a line break at the end', 'setfw_01kdz1m000e00800000000000a\n'],
  ])('%s', (_, text) => {
    expect(ids.setupFlow.parse(text)).toBeNull();
  });

  test('no text makes the parser throw, and what it accepts renders as the same text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const id = ids.setupFlow.parse(text);
        expect(id === null || ids.setupFlow.render(id) === text).toBe(true);
      }),
    );
  });
});

describe('a customer id', () => {
  test('of our form is read as the id', () => {
    const rendered = ids.customer.render({ id: uuid(1), chosenId: null });
    expect(ids.customer.parse(rendered)).toEqual({ id: uuid(1) });
  });

  test.each(['shop-42', 'cus_short', 'CUS_1', 'a'.repeat(100), `cus_${'0123456789abcdef0123456789'}`])(
    'that the merchant chose is taken as it is: %s',
    (text) => {
      expect(ids.customer.parse(text)).toEqual({ chosenId: text });
    },
  );

  test('that the merchant chose is shown instead of ours', () => {
    expect(ids.customer.render({ id: uuid(1), chosenId: 'shop-42' })).toBe('shop-42');
  });

  test.each(['', 'a'.repeat(101), 'with space', 'ümlaut', 'a/b', 'a\n'])('can be none of: %j', (text) => {
    expect(ids.customer.parse(text)).toBeNull();
  });
});

describe('a client secret', () => {
  test('tells the flow and the secret', () => {
    const text = ids.clientSecret.render(uuid(1), SECRET);
    expect(text).toBe(`setfws_${ids.setupFlow.render(uuid(1)).slice('setfw_'.length)}_${SECRET}`);
    expect(ids.clientSecret.parse(text)).toEqual({ id: uuid(1), secret: SECRET });
  });

  test.each([
    ['nothing', ''],
    ["the flow's id", ids.setupFlow.render(uuid(1))],
    ['no secret', 'setfws_01kdz1m000e00800000000000a'],
    ['an empty secret', 'setfws_01kdz1m000e00800000000000a_'],
    ['a secret that is too long', `setfws_01kdz1m000e00800000000000a_${SECRET}R`],
    ['another separator', `setfws_01kdz1m000e00800000000000a-${SECRET}`],
  ])('is none: %s', (_, text) => {
    expect(ids.clientSecret.parse(text)).toBeNull();
  });
});

test('prefixes can be others', () => {
  const others = createPayjpIds({ ...PAYJP_ID_PREFIXES, setupFlow: 'sflw_' });
  expect(others.setupFlow.parse(others.setupFlow.render(uuid(1)))).toBe(uuid(1));
  expect(others.setupFlow.parse(ids.setupFlow.render(uuid(1)))).toBeNull();
});
