import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aVerification, TestClient } from '../../testing/client.js';

const NOON = Date.UTC(2030, 0, 1, 12);
const RETURN_URL = 'https://shop.example/return?setup=1';

let client: TestClient;
let now: number;
beforeEach(async () => {
  now = NOON;
  client = await TestClient.start({ now: () => now, authenticationLifetimeMs: 60_000 });
});
afterEach(() => client.stop());

async function aChallenge(): Promise<{ reference: string; url: string }> {
  const { body } = await client.verify(aVerification({ authentication: 'required' }));
  return { reference: body.reference, url: body.authentication.url };
}

async function statusOf(reference: string): Promise<unknown> {
  return (await client.lookUp(reference)).body.status;
}

async function decide(url: string, outcome: string): Promise<{ status: number; location: string | null }> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });
  await answer.text();
  return { status: answer.status, location: answer.headers.get('location') };
}

async function read(url: string, acceptLanguage = 'ja'): Promise<{ status: number; html: string; headers: Headers }> {
  const answer = await fetch(url, { headers: { 'accept-language': acceptLanguage } });
  return { status: answer.status, html: await answer.text(), headers: answer.headers };
}

describe('the outcome', () => {
  const outcomes = [
    // the cardholder   the look-up says
    ['pass', 'approved'],
    ['fail', 'authentication_failed'],
    ['cancel', 'authenticating'],
  ] as const;
  for (const [outcome, status] of outcomes) {
    test(`${outcome} brings the cardholder back to the exact address, and the look-up says ${status}`, async () => {
      const { reference, url } = await aChallenge();
      await read(url);
      expect(await decide(url, outcome)).toEqual({ status: 303, location: RETURN_URL });
      expect(await statusOf(reference)).toBe(status);
    });
  }

  for (const [first, second] of [
    ['pass', 'fail'],
    ['fail', 'pass'],
    ['pass', 'pass'],
    ['pass', 'cancel'],
  ] as const) {
    test(`${second} after ${first} changes nothing and brings back all the same`, async () => {
      const { reference, url } = await aChallenge();
      await decide(url, first);
      const decided = await client.ledger({ reference });
      expect(await decide(url, second)).toEqual({ status: 303, location: RETURN_URL });
      expect(await client.ledger({ reference })).toEqual(decided);
    });
  }

  test('two passes at once authorize once', async () => {
    const { reference, url } = await aChallenge();
    await Promise.all([decide(url, 'pass'), decide(url, 'pass'), decide(url, 'pass')]);
    expect(await client.ledger({ reference, type: 'authentication.passed' })).toMatchObject({ total: 1 });
  });

  test('what is no outcome is asked again and decides nothing', async () => {
    const { reference, url } = await aChallenge();
    expect(await decide(url, 'approve')).toEqual({ status: 400, location: null });
    expect(await statusOf(reference)).toBe('authentication_required');
  });

  test('an issuer can be scripted to decline after a passed authentication', async () => {
    const { reference, url } = await aChallenge();
    await client.script({ operation: 'authorize', behaviour: 'decline', code: 'card_declined', match: { reference } });
    await decide(url, 'pass');
    expect((await client.lookUp(reference)).body).toMatchObject({ status: 'declined', code: 'card_declined' });
  });

  test('a challenge that was voided cannot be passed', async () => {
    const { reference, url } = await aChallenge();
    await client.void(reference);
    expect((await decide(url, 'pass')).status).toBe(303);
    expect(await statusOf(reference)).toBe('voided');
  });
});

describe('time', () => {
  test('until its last millisecond the authentication is open, then it has failed, once', async () => {
    const { reference, url } = await aChallenge();
    now = NOON + 59_999;
    expect(await statusOf(reference)).toBe('authentication_required');
    now = NOON + 60_000;
    expect((await client.lookUp(reference)).body).toMatchObject({
      status: 'authentication_failed',
      code: 'authentication_expired',
    });
    expect((await decide(url, 'pass')).location).toBe(RETURN_URL);
    expect(await statusOf(reference)).toBe('authentication_failed');
    expect(await client.ledger({ reference, type: 'authentication.expired' })).toMatchObject({ total: 1 });
  });
});

describe('the page', () => {
  test('opening it is known to the look-up, also when the cardholder then closes it', async () => {
    const { reference, url } = await aChallenge();
    await read(url);
    await read(url);
    expect(await statusOf(reference)).toBe('authenticating');
    expect(await client.ledger({ reference, type: 'authentication.opened' })).toMatchObject({ total: 1 });
  });

  const languages = [
    // Accept-Language                query         language
    ['ja,en;q=0.8', '', 'ja'],
    ['en-GB,en;q=0.9,ja;q=0.1', '', 'en'],
    ['fr,ja;q=0.2,en;q=0.1', '', 'ja'],
    ['fr', '', 'en'],
    ['*', '', 'ja'],
    ['en', '?locale=ja', 'ja'],
    ['ja', '?locale=en', 'en'],
    ['ja', '?locale=xx', 'ja'],
  ] as const;
  for (const [accept, query, language] of languages) {
    test(`for "${accept}"${query} it is in ${language}, says that it is a simulation, and what for`, async () => {
      const { url } = await aChallenge();
      const { html } = await read(`${url}${query}`, accept);
      expect(html).toContain(`<html lang="${language}">`);
      const words = language === 'ja' ? ['シミュレーション', 'カードの登録'] : ['simulation', 'Saving a card'];
      for (const word of [...words, '¥0', '•••• 4242']) expect(html).toContain(word);
      for (const value of ['pass', 'fail', 'cancel']) expect(html).toContain(`name="outcome" value="${value}"`);
    });
  }

  test('it loads nothing from elsewhere, runs nothing, and is kept by nobody', async () => {
    const { url } = await aChallenge();
    const { html, headers } = await read(url);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src|unsafe/);
    expect(html).not.toMatch(/<script|style=|\son\w+=|(?:src|href)="(?:https?:)?\/\//);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('set-cookie')).toBeNull();
  });

  test('whatever a reference holds is shown as text', async () => {
    const { body } = await client.verify(
      aVerification({ authentication: 'required', reference: `"><script>alert('1')</script>` }),
    );
    const { html } = await read(body.authentication.url);
    expect(html).not.toContain('<script');
    expect(html).toContain('&#60;script&#62;');
  });

  test('once it is decided there is only the way back', async () => {
    const { url } = await aChallenge();
    await decide(url, 'fail');
    const { status, html } = await read(url);
    expect(status).toBe(200);
    expect(html).not.toContain('<form');
    expect(html).toContain(`href="${RETURN_URL}"`);
  });

  test('an id that nobody was given has no page', async () => {
    const { status, html } = await read(`${client.url}/authentication/ver_guess`);
    expect(status).toBe(404);
    expect(html).toContain('ページが見つかりません');
    expect((await decide(`${client.url}/authentication/ver_guess`, 'pass')).status).toBe(404);
  });

  test('a verification that needed no authentication has no page', async () => {
    const { body } = await client.verify(aVerification());
    expect((await read(`${client.url}/authentication/${body.id}`)).status).toBe(404);
  });
});

test('the index page shows the test cards, what can be scripted, what is, and the ledger', async () => {
  const { reference } = await aChallenge();
  await client.script({ behaviour: 'reset_after', match: { last4: '1881' } });
  const { html } = await read(`${client.url}/`);
  for (const shown of ['4000000000000069', 'not_found_early', '1881', reference]) expect(html).toContain(shown);
});
