import { expect, test } from 'vitest';
import type { Output } from '../output.js';
import { createScreen } from './screen.js';

const EVENT = { name: 'customer.created', objectId: 'cus_1', body: '{}' };
const TARGET = { url: 'http://localhost:3000/hooks', secret: 'whsec_x', token: 'whook_x' };

// biome-ignore format: a table
const ADDRESSES = [
  ['payjp',  'evnt_1',                               'http://localhost:4242/v2/events/evnt_1'],
  ['onfile', '019b7e1a-0000-7000-8000-000000000001', 'http://localhost:4242/operator/v1/events/019b7e1a-0000-7000-8000-000000000001'],
] as const;

for (const [dialect, id, address] of ADDRESSES) {
  test(`the address of an event of ${dialect}’s dialect is where that id is read`, () => {
    const told: object[] = [];
    const output = { paint: (_: string, text: string) => text, result: (value: object) => told.push(value) };
    const screen = createScreen(output as unknown as Output, { apiUrl: 'http://localhost:4242', dev: null });
    screen.address({ ...EVENT, id }, { ...TARGET, dialect });
    expect(told).toEqual([{ kind: 'address', id, address }]);
  });
}
