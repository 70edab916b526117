import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import type { CardReference, CardRequest, SealedCard, SealRequest, Uuid } from '@onfile/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openTestVault, STARTS_AT, type TestVault } from '../testing/test-vault.js';
import { KeyProviderFault } from './keys/key-provider.js';
import { createVault, UnknownCardReference, VaultFull, type VaultOptions, type VaultSeams } from './vault.js';

const id = (n: number) => `019b7e1a-0000-7000-8000-0000000000${n}` as Uuid;
const SCOPE = { merchantId: id(10), mode: 'test' } as const;
const VISA = '4242424242424242';
const CARD = { number: VISA, cvc: '123' };
const NOBODY = 'http://127.0.0.1:9/';

let opened: TestVault | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(options: Partial<VaultOptions> = {}, seams: VaultSeams = {}): Promise<TestVault> {
  opened = await openTestVault(options, seams);
  return opened;
}

function aSealRequest(reference: CardReference, parts: Partial<SealRequest> = {}): SealRequest {
  const paymentMethodId = id(11);
  return {
    reference,
    scope: SCOPE,
    paymentMethodId,
    expMonth: 12,
    expYear: 2030,
    now: STARTS_AT,
    attemptId: id(12),
    ...parts,
  };
}

async function seal({ vault, enter }: TestVault, parts: Partial<SealRequest> = {}): Promise<SealedCard> {
  const result = await vault.seal(aSealRequest(enter(CARD), parts));
  if (result.kind !== 'sealed') throw new Error(`expected a sealed card, not ${result.fault}`);
  return result.sealed;
}

function aRequest(sealed: SealedCard, parts: Partial<CardRequest> = {}): CardRequest {
  return {
    card: { scope: SCOPE, paymentMethodId: id(11), sealed, expMonth: 12, expYear: 2030, attemptId: id(12) },
    method: 'POST',
    url: NOBODY,
    headers: {},
    body: '{"number":"{{card.number}}","cvc":"{{card.cvc}}"}',
    connectTimeoutMs: 5_000,
    totalTimeoutMs: 10_000,
    answerBytesMax: 1_024,
    ...parts,
  };
}

function watching() {
  const seen: { readonly what: string; readonly bytes: Uint8Array; readonly text: string }[] = [];
  const onInClear: VaultSeams['onInClear'] = (what, bytes) => {
    seen.push({ what, bytes, text: Buffer.from(bytes).toString() });
  };
  const expectWiped = () => {
    for (const { bytes, what } of seen)
      expect(
        bytes.every((byte) => byte === 0),
        what,
      ).toBe(true);
  };
  return { seen, seams: { onInClear }, expectWiped };
}

describe('what the vault holds in clear to seal it', () => {
  const endings: readonly (readonly [string, Partial<SealRequest>])[] = [
    ['sealed', {}],
    ['refused for its expiry', { expMonth: 13 }],
    ['refused for its mode', { scope: { ...SCOPE, mode: 'live' } }],
    ['sealed without keeping the code', { attemptId: null }],
  ];
  for (const [ending, parts] of endings) {
    test(`is wiped when the card was ${ending}`, async () => {
      const { seen, seams, expectWiped } = watching();
      const { vault, enter } = await open({}, seams);
      await vault.seal(aSealRequest(enter(CARD), parts));
      const texts = seen.map(({ what, text }) => [what, text]);
      expect(texts).toEqual([
        ['entered', VISA],
        ['code', '123'],
        ['checked', VISA],
      ]);
      expectWiped();
    });
  }

  test('is wiped when the number was none', async () => {
    const { seen, seams, expectWiped } = watching();
    const { vault, enter } = await open({}, seams);
    await vault.seal(aSealRequest(enter({ number: '4242', cvc: '123' })));
    expect(seen.map(({ text }) => text)).toEqual(['4242', '123']);
    expectWiped();
  });

  test('is wiped when the keys cannot be had', async () => {
    const { seen, seams, expectWiped } = watching();
    const { vault, enter, keys } = await open({}, seams);
    vi.spyOn(keys, 'generate').mockRejectedValue(new KeyProviderFault('unavailable', 'out'));
    await expect(vault.seal(aSealRequest(enter(CARD)))).rejects.toThrow(KeyProviderFault);
    expect(seen).toHaveLength(3);
    expectWiped();
  });
});

describe('what the vault holds in clear to send it', () => {
  const endings: readonly (readonly [string, (request: CardRequest) => Promise<CardRequest>])[] = [
    ['an answer', async (request) => ({ ...request, url: await serve((_, response) => response.end('ok')) })],
    ['a break', async (request) => ({ ...request, url: await serve(({ socket }) => socket.destroy()) })],
    ['no answer in time', async (request) => ({ ...request, url: await serve(() => {}), totalTimeoutMs: 50 })],
    ['nobody there', async (request) => request],
    ['no address', async (request) => ({ ...request, url: 'nowhere' })],
  ];
  for (const [ending, prepare] of endings) {
    test(`is wiped after ${ending}`, async () => {
      const { seen, seams, expectWiped } = watching();
      const test = await open({}, seams);
      const sealed = await seal(test);
      seen.length = 0;
      await test.vault.send(await prepare(aRequest(sealed)));
      expect(seen.map(({ what, text }) => [what, text])).toEqual([
        ['code', '123'],
        ['opened', VISA],
        ['opened', VISA],
        ['filled', `{"number":"${VISA}","cvc":"123"}`],
      ]);
      expectWiped();
    });
  }

  test('is wiped when the placeholders are not clear, before anything is filled', async () => {
    const { seen, seams, expectWiped } = watching();
    const test = await open({}, seams);
    const result = await test.vault.send(aRequest(await seal(test), { body: '{{card.number}}{{card.number}}' }));
    expect(result).toEqual({ kind: 'not_sent', reason: 'placeholders_unclear' });
    expect(seen.map(({ what }) => what)).toEqual(['entered', 'code', 'checked', 'code', 'opened', 'opened']);
    expectWiped();
  });

  test('is wiped when the sealed card does not open', async () => {
    const { seen, seams, expectWiped } = watching();
    const test = await open({}, seams);
    await seal(test);
    await expect(test.vault.send(aRequest(new Uint8Array() as SealedCard))).rejects.toThrow('could not be opened');
    expect(seen.at(-1)).toMatchObject({ what: 'code', text: '123' });
    expectWiped();
  });
});

describe('a live card', () => {
  test('is not sent without TLS, and not even opened for it', async () => {
    const { seen, seams } = watching();
    const { vault } = await open({}, seams);
    const request = aRequest(new Uint8Array() as SealedCard);
    const card = { ...request.card, scope: { ...SCOPE, mode: 'live' } } as const;
    for (const url of [NOBODY, 'HTTP://127.0.0.1:9/', 'nowhere']) {
      expect(await vault.send({ ...request, card, url })).toEqual({ kind: 'not_sent', reason: 'tls_required' });
    }
    expect(seen).toEqual([]);
  });
});

describe('something sealed that does not open', () => {
  const broken: readonly (readonly [string, (sealed: SealedCard) => Uint8Array])[] = [
    ['is empty', () => new Uint8Array()],
    ['has a bit turned', (sealed) => sealed.map((byte, at) => (at === 300 ? byte ^ 1 : byte))],
    ['names a key that its merchant has not', (sealed) => sealed.map((byte, at) => (at === 10 ? byte ^ 1 : byte))],
  ];
  for (const [what, breakIt] of broken) {
    test(`raises the alarm once and says nothing more: it ${what}`, async () => {
      const onUnreadable = vi.fn();
      const test = await open({ onUnreadable });
      const sealed = breakIt(await seal(test)) as SealedCard;
      await expect(test.vault.send(aRequest(sealed))).rejects.toThrow('A sealed value could not be opened.');
      expect(onUnreadable).toHaveBeenCalledTimes(1);
    });
  }

  test('is no alarm when only the keys cannot be had', async () => {
    const onUnreadable = vi.fn();
    const test = await open({ onUnreadable });
    const sealed = await seal(test);
    test.clock.advance(5 * 60 * 1000);
    vi.spyOn(test.keys, 'unwrap').mockRejectedValue(new KeyProviderFault('unavailable', 'out'));
    await expect(test.vault.send(aRequest(sealed))).rejects.toThrow(KeyProviderFault);
    expect(onUnreadable).not.toHaveBeenCalled();
  });
});

describe('a card that cannot be sealed for a while', () => {
  test('is wiped and its reference used up when the keys cannot be had', async () => {
    const test = await open();
    vi.spyOn(test.keys, 'generate').mockRejectedValue(new KeyProviderFault('unavailable', 'out'));
    const reference = test.enter(CARD);
    await expect(test.vault.seal(aSealRequest(reference))).rejects.toThrow(KeyProviderFault);
    await expect(test.vault.seal(aSealRequest(reference))).rejects.toThrow(UnknownCardReference);
  });

  test('is turned away when as many codes are held as may be, and a card without one is not', async () => {
    const test = await open({ heldCodesMax: 1 });
    await seal(test);
    await expect(seal(test, { attemptId: id(13) })).rejects.toThrow(VaultFull);
    expect(test.keyRows.rows).toHaveLength(1);
    await seal(test, { attemptId: null });

    test.clock.advance(10 * 60 * 1000);
    await seal(test, { attemptId: id(13) });
  });
});

describe('a reference', () => {
  test('that nobody discarded is good for two minutes', async () => {
    const test = await open();
    const [kept, forgotten] = [test.enter(CARD), test.enter(CARD)];
    test.clock.advance(2 * 60 * 1000 - 1);
    expect((await test.vault.seal(aSealRequest(kept))).kind).toBe('sealed');
    test.clock.advance(1);
    await expect(test.vault.seal(aSealRequest(forgotten))).rejects.toThrow(UnknownCardReference);
  });

  test('may be discarded twice, after a seal, and when there is none', async () => {
    const test = await open();
    const reference = test.enter(CARD);
    await test.vault.seal(aSealRequest(reference));
    test.vault.discard(reference);
    test.vault.discard(reference);
    test.vault.discard(null);
  });
});

describe('the digest of a body', () => {
  test('is the same for the same bytes, though each body gets a reference of its own', async () => {
    const { vault } = await open();
    const take = (text: string) => vault.takeCardFromJson(Buffer.from(text), { numberPath: 'number', cvcPath: 'cvc' });
    const [first, again, other] = [take(JSON.stringify(CARD)), take(JSON.stringify(CARD)), take('{"number":"1"}')];
    expect(again.bodyDigest).toEqual(first.bodyDigest);
    expect(other.bodyDigest).not.toEqual(first.bodyDigest);
    expect(first.kind === 'taken' && again.kind === 'taken' && first.reference !== again.reference).toBe(true);
  });

  test('is there for forms too', async () => {
    const { vault } = await open();
    const take = () => vault.takeCardFromForm(Buffer.from(`n=${VISA}`), { numberField: 'n', cvcField: 'c' }).bodyDigest;
    expect(take()).toEqual(take());
    expect(take()).toHaveLength(32);
  });
});

describe('a vault', () => {
  test('prints none of what it holds', async () => {
    const test = await open();
    await seal(test);
    test.enter(CARD);
    const printed = `${inspect(test.vault, { showHidden: true, depth: 12 })} ${JSON.stringify(test.vault)}`;
    expect(printed).not.toMatch(/4242|34 32 34 32|52, 50/);
  });

  test('shares what it sealed with every vault of the same keys, and the codes with none', async () => {
    const first = await open();
    const sealed = await seal(first);
    const bodies: string[] = [];
    const url = await serve((request, response) => {
      request.on('data', (piece: Buffer) => bodies.push(piece.toString()));
      request.on('end', () => response.end());
    });
    const { keys, keyRows: merchantKeys, clock } = first;
    const second = await createVault({ keys, merchantKeys, clock });
    await second.send(aRequest(sealed, { url }));
    second.close();
    expect(bodies.join('')).toBe(`{"number":"${VISA}","cvc":""}`);
  });

  test('sweeps by itself what is over, until it is closed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const test = await open({ cardsInHandMax: 1 });
      const reference = test.enter(CARD);
      test.clock.advance(2 * 60 * 1000);
      vi.advanceTimersByTime(15_000);
      test.clock.advance(-2 * 60 * 1000);
      await expect(test.vault.seal(aSealRequest(reference))).rejects.toThrow(UnknownCardReference);

      test.vault.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('holds nothing and does nothing more once it is closed', async () => {
    const test = await open();
    const reference = test.enter(CARD);
    const sealed = await seal(test);
    test.vault.close();
    await expect(test.vault.seal(aSealRequest(reference))).rejects.toThrow(UnknownCardReference);
    await expect(test.vault.send(aRequest(sealed))).rejects.toThrow('closed');
    expect(() => test.vault.derivedSecrets.derive('client-secret', SCOPE, id(11))).toThrow('wiped');
  });
});

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
