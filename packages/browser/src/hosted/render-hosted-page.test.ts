import { DECLINE_CODES } from '@onfile/core';
import { describe, expect, test } from 'vitest';
import {
  A_BRANDING,
  everyHostedView,
  everyHostedViewInEveryLanguage,
  FILLED_IN,
  SOME_PROBLEMS,
} from '../../testing/hosted-views.js';
import { hostedAssets, hostedScript } from './assets.js';
import { pageBrandOf } from './brand-assets.js';
import { problemsOfCardFault } from './form-fields.js';
import { CHECKS_MAX } from './query.js';
import { renderHostedPage } from './render-hosted-page.js';
import type { HostedPageState, HostedPageView } from './view.js';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&\``;

const viewOf = <S extends HostedPageState>(state: S, name: string = state): Extract<HostedPageView, { state: S }> => {
  const found = everyHostedView('en').find((sample) => sample.name === name)?.view;
  if (found?.state !== state) throw new Error(`there is no sample of ${state} named ${name}`);
  return found as Extract<HostedPageView, { state: S }>;
};

const attributesIn = (markup: string, name: string): string[] =>
  Array.from(markup.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g')), ([, value]) => value ?? '');

const countOf = (markup: string, pattern: RegExp): number => markup.match(pattern)?.length ?? 0;

for (const { name, view } of everyHostedViewInEveryLanguage()) {
  describe(`the page "${name}"`, () => {
    const page = renderHostedPage(view);

    test('has its language, a title and one heading', () => {
      expect(page.html).toMatch(/^<!doctype html>\n/);
      expect(page.html).toContain(`<html lang="${view.locale}">`);
      expect(page.html).toMatch(/<title>[^<]+<\/title>/);
      expect(countOf(page.html, /<h1[\s>]/g)).toBe(1);
    });

    test('takes the focus to one heading', () => {
      expect(countOf(page.html, /\sautofocus/g)).toBe(1);
      expect(page.html).toMatch(/<h[12][^>]* tabindex="-1" autofocus>/);
    });

    test('has no inline script, style or event handler', () => {
      const ours = `<script type="module" src="${hostedScript(view.locale).path}"></script>`;
      const isForm = view.state === 'form' || view.state === 'declined';
      expect(page.html.includes(ours)).toBe(isForm);
      expect(page.html.replace(ours, '')).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|javascript:/i);
    });

    test('loads nothing but our assets', () => {
      const brand = 'brand' in view ? view.brand : null;
      const assets = [...hostedAssets().map(({ path }) => path), ...(brand ? [brand.stylePath] : [])];
      const linked = Array.from(page.html.matchAll(/<link [^>]*href="([^"]*)"/g), ([, href]) => href);
      expect([...linked].sort()).toEqual([...assets].sort());
      const loaded = [hostedScript(view.locale).path, brand?.logo?.path];
      for (const source of attributesIn(page.html, 'src')) expect(loaded).toContain(source);
      expect(page.html).not.toMatch(/\s(srcset|poster|data|background)=|@import|url\(/);
    });

    test('leads nowhere but where the view says', () => {
      const own = [/^\/setup\/cs_0123456789(\/continue)?(\?locale=(ja|en)(&amp;check=\d+)?)?$/, /^#[a-z_]+$/];
      const allowed = [
        ...hostedAssets().map(({ path }) => path),
        'https://shop.example/cart?from=setup&amp;back=1',
        'https://shop.example/done',
        'https://shop.example/',
        pageBrandOf(A_BRANDING)?.stylePath,
      ];
      for (const address of [...attributesIn(page.html, 'href'), ...attributesIn(page.html, 'action')]) {
        expect(allowed.includes(address) || own.some((form) => form.test(address)), address).toBe(true);
      }
    });

    test('labels every field, and describes it by something that is there', () => {
      const ids = attributesIn(page.html, 'id');
      expect(new Set(ids).size).toBe(ids.length);
      for (const [field] of page.html.matchAll(/<input (?!type="hidden")[^>]*>/g)) {
        const [id] = attributesIn(field, 'id');
        expect(page.html).toContain(`<label for="${id}">`);
      }
      const references = [
        ...attributesIn(page.html, 'aria-describedby'),
        ...attributesIn(page.html, 'aria-labelledby'),
      ];
      for (const id of references.flatMap((list) => list.trim().split(' '))) expect(ids).toContain(id);
    });

    test('leaves no text out', () => {
      expect(page.html).not.toMatch(/undefined|\[object|null|NaN/);
    });
  });
}

describe('what a merchant or a person wrote', () => {
  test('never becomes markup, in any state', () => {
    for (const { name, view } of everyHostedView('en', HOSTILE)) {
      const { html } = renderHostedPage(view);
      expect(html, name).not.toMatch(/<script>|<img src/);
      expect(html.includes(HOSTILE), name).toBe(false);
    }
  });

  test('never becomes markup in the fields that keep it', () => {
    const values = { card_expiry: HOSTILE, card_name: HOSTILE, email: HOSTILE, phone: HOSTILE };
    const { html } = renderHostedPage({ ...viewOf('form'), values });
    expect(html).not.toMatch(/<script>|<img/);
    expect(countOf(html, /value="&quot;&gt;&lt;script&gt;/g)).toBe(4);
  });

  const addresses = ['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'https://a:b@evil.example'];
  for (const address of addresses) {
    test(`${address} makes no link and no redirect`, () => {
      const pages = [
        renderHostedPage({ ...viewOf('form'), cancelUrl: address }),
        renderHostedPage({ ...viewOf('expired'), cancelUrl: address }),
        renderHostedPage({ ...viewOf('challenge'), continueUrl: address }),
        renderHostedPage({ ...viewOf('saved'), continueUrl: address }),
        renderHostedPage({ ...viewOf('already_done', 'already done'), continueUrl: address }),
      ];
      for (const page of pages) {
        expect(page.html).not.toContain(address);
        expect(page.headers).not.toHaveProperty('refresh');
      }
    });
  }
});

describe('the form', () => {
  test('posts to its own path, by itself', () => {
    const { html, status } = renderHostedPage(viewOf('form'));
    expect(status).toBe(200);
    expect(html).toContain('<form method="post" action="/setup/cs_0123456789" accept-charset="utf-8">');
    expect(
      attributesIn(html, 'name').filter(
        (name) => !['viewport', 'color-scheme', 'robots', 'format-detection'].includes(name),
      ),
    ).toEqual(['locale', 'after_attempt', 'card_number', 'card_expiry', 'card_cvc', 'card_name', 'email', 'phone']);
  });

  test('lets browsers fill it in', () => {
    const { html } = renderHostedPage(viewOf('form'));
    expect(attributesIn(html, 'autocomplete')).toEqual(['cc-number', 'cc-exp', 'cc-csc', 'cc-name', 'email', 'tel']);
    expect(html).not.toMatch(/\spattern=|\smaxlength=|type="number"/);
  });

  test('asks for consent above the button, by what later charges it covers', () => {
    const { html } = renderHostedPage(viewOf('form'));
    expect(html.indexOf('class="consent"')).toBeGreaterThan(0);
    expect(html.indexOf('class="consent"')).toBeLessThan(html.indexOf('<button type="submit"'));
    expect(html).toContain('while you are not present');
    expect(renderHostedPage({ ...viewOf('form'), usage: 'on_session' }).html).not.toContain(
      'while you are not present',
    );
  });

  test('with problems says how many in the title, names each at its field, and is answered 422', () => {
    const { html, status } = renderHostedPage({ ...viewOf('form'), values: FILLED_IN, problems: SOME_PROBLEMS });
    expect(status).toBe(422);
    expect(html).toMatch(/<title>5 problems – /);
    expect(countOf(html, /aria-invalid="true"/g)).toBe(5);
    expect(html).toContain('<a href="#card_number">Card number</a>');
    expect(html).toContain('The card number has a mistake in it.');
    expect(html).toMatch(/id="card_cvc"[^>]* aria-describedby="card_cvc-problem card_cvc-hint"/);
  });

  test('keeps what was typed, but has no value for the number and the code', () => {
    const { html } = renderHostedPage({ ...viewOf('form'), values: FILLED_IN, problems: SOME_PROBLEMS });
    const shownIn = (name: string) =>
      attributesIn(html.match(new RegExp(`<input [^>]*name="${name}"[^>]*>`))?.[0] ?? '', 'value');
    expect(shownIn('card_expiry')).toEqual(['12/34']);
    expect(shownIn('card_name')).toEqual(['TARO YAMADA']);
    expect(shownIn('email')).toEqual(['taro@example.jp']);
    expect(shownIn('card_number')).toEqual([]);
    expect(shownIn('card_cvc')).toEqual([]);
  });

  test('shows each fault of the vault at the field that it is about', () => {
    const { html } = renderHostedPage({ ...viewOf('form'), problems: problemsOfCardFault('card_brand_unsupported') });
    expect(html).toContain('Cards of this brand are not accepted.');
    expect(html).toMatch(/id="card_number"[^>]* aria-invalid="true"/);
  });

  test('after a decline gives the reason, and sends back which attempt it follows', () => {
    const view = viewOf('declined');
    const { html, status } = renderHostedPage(view);
    expect(status).toBe(200);
    expect(html).toContain('Your card company did not approve it.');
    expect(html).toContain(`name="after_attempt" value="${view.latestAttemptId}"`);
    expect(html).toContain('value="TARO YAMADA"');
  });

  test('does not tell a card tester which detail of a card was wrong', () => {
    const alike = ['expired_card', 'invalid_cvc', 'invalid_expiry', 'invalid_card_data'] as const;
    const pages = alike.map((reason) => renderHostedPage({ ...viewOf('declined'), reason }).html);
    expect(new Set(pages).size).toBe(1);
    expect(DECLINE_CODES).toEqual(expect.arrayContaining([...alike]));
  });
});

describe('the test ribbon', () => {
  test('is on pages of test mode, and not of live mode', () => {
    expect(renderHostedPage(viewOf('form')).html).toContain('class="ribbon"');
    expect(renderHostedPage(viewOf('form', 'form, live')).html).not.toContain('class="ribbon"');
  });
});

describe('the language', () => {
  test('can be chosen on every page', () => {
    expect(renderHostedPage(viewOf('form')).html).toContain('href="/setup/cs_0123456789?locale=ja"');
    expect(renderHostedPage(viewOf('not_found', 'not found')).html).toContain('?locale=ja"');
  });

  test('cannot be chosen where the merchant fixed it', () => {
    expect(renderHostedPage(viewOf('form', 'form, language fixed')).html).not.toContain('?locale=');
  });
});

describe('a page that looks for the result by itself', () => {
  const refreshes = [
    [0, '2;url=/setup/cs_0123456789?locale=en&check=1'],
    [1, '2;url=/setup/cs_0123456789?locale=en&check=2'],
    [CHECKS_MAX - 1, `25;url=/setup/cs_0123456789?locale=en&check=${CHECKS_MAX}`],
    [CHECKS_MAX, undefined],
    [10_000, undefined],
  ] as const;
  for (const [checksDone, refresh] of refreshes) {
    test(`after ${checksDone} looks ${refresh === undefined ? 'stops' : `answers with Refresh: ${refresh}`}`, () => {
      expect(renderHostedPage({ ...viewOf('processing'), checksDone }).headers.refresh).toBe(refresh);
    });
  }

  test('can be stopped, and can then be asked', () => {
    expect(renderHostedPage(viewOf('processing')).html).toContain(`check=${CHECKS_MAX}"`);
    expect(renderHostedPage(viewOf('processing', 'processing, stopped')).html).toContain('Check now');
  });
});

describe('a saved card', () => {
  test('leads on to the merchant at once, with a link for where that fails', () => {
    const page = renderHostedPage({ ...viewOf('saved'), continueUrl: 'https://shop.example/done?a=1&b=2' });
    expect(page.headers.refresh).toBe('0;url=https://shop.example/done?a=1&b=2');
    expect(page.html).toContain('href="https://shop.example/done?a=1&amp;b=2"');
    expect(page.html).toContain('Visa ending in 4242');
  });

  test('that was saved before only offers the way on', () => {
    const page = renderHostedPage(viewOf('already_done', 'already done'));
    expect(page.headers).not.toHaveProperty('refresh');
    expect(page.html).toContain('href="https://shop.example/done"');
  });
});

const STATUSES = [
  ['form', 'form', 200],
  ['processing', 'processing', 200],
  ['challenge', 'challenge', 200],
  ['saved', 'saved', 200],
  ['already_done', 'already done', 200],
  ['expired', 'expired', 410],
  ['canceled', 'canceled', 410],
  ['not_found', 'not found', 404],
  ['unavailable', 'busy', 503],
  ['unavailable', 'too many attempts', 429],
] as const;
for (const [state, name, status] of STATUSES) {
  test(`"${name}" is answered ${status}`, () => {
    const page = renderHostedPage(viewOf(state, name));
    expect(page.status).toBe(status);
    expect(page.headers['retry-after']).toBe(({ 503: '30', 429: '600' } as Record<number, string>)[status]);
  });
}

test('a setup that expired offers the way back to the merchant', () => {
  expect(renderHostedPage(viewOf('expired')).html).toContain('class="button">Back to 喫茶ひだまり</a>');
  expect(renderHostedPage(viewOf('expired', 'expired, no way back')).html).not.toContain('class="button"');
});
