import { createHash } from 'node:crypto';
import type { ErrorPages } from '@onfile/dialects';
import { describe, expect, test } from 'vitest';
import { errorPageRoutes } from './error-pages.js';
import type { HttpAnswer, HttpRequest } from './http-route.js';

const ONE: ErrorPages = {
  api: 'First API',
  errors: [
    { code: 'not_found', status: 404, title: 'Not Found', when: 'Nothing <b>is</b> there.', remedy: 'Check the `id`.' },
    { code: 'gone', status: 410, title: 'Gone', when: 'It went.', remedy: 'Wait.' },
  ],
};
const TWO: ErrorPages = {
  api: 'Second API',
  errors: [{ code: 'not_found', status: 404, title: 'Missing', when: 'Lost.', remedy: 'Search.' }],
};

async function ask(path: string, dialects: readonly ErrorPages[] = [ONE, TWO]): Promise<HttpAnswer & { html: string }> {
  const [list, page] = errorPageRoutes(dialects);
  const route = path === '/errors' ? list : page;
  if (route === undefined) throw new Error('there are two routes');
  const answer = await route.handle({ path } as HttpRequest);
  return { ...answer, html: String(answer.body) };
}

describe('the page of an error', () => {
  test('tells its code, status and title, when it happens, and what to do', async () => {
    const { status, html } = await ask('/errors/gone');
    expect(status).toBe(200);
    for (const told of ['<h1>Gone</h1>', '<code>gone</code>', '410 Gone', 'First API', 'It went.', 'Wait.']) {
      expect(html).toContain(told);
    }
  });

  test('has the code with hyphens in its address, and escapes what it tells', async () => {
    const { html } = await ask('/errors/not-found');
    expect(html).toContain('Nothing &lt;b&gt;is&lt;/b&gt; there.');
    expect(html).toContain('Check the <code>id</code>.');
  });

  test('tells each API that has the code', async () => {
    const { html } = await ask('/errors/not-found');
    expect([html.includes('First API'), html.includes('Second API'), html.includes('Search.')]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test.each(['/errors/nothing', '/errors/not_found', '/errors/__proto__', '/errors/<script>'])(
    'is 404 for %s, which it does not repeat',
    async (path) => {
      const { status, html } = await ask(path);
      expect(status).toBe(404);
      expect(html).not.toContain(path.slice('/errors/'.length));
      expect(html).toContain('href="/errors"');
    },
  );
});

test('the list links every code of every API', async () => {
  const { status, html } = await ask('/errors');
  expect(status).toBe(200);
  expect(html.match(/href="\/errors\/[a-z-]+"/g)).toEqual([
    'href="/errors/not-found"',
    'href="/errors/gone"',
    'href="/errors/not-found"',
  ]);
});

test.each(['/errors', '/errors/gone', '/errors/nothing'])(
  '%s runs no script, loads nothing, and is allowed its own style only',
  async (path) => {
    const { headers, html } = await ask(path);
    const policy = headers['content-security-policy'] ?? '';
    const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? '';
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/<script|\son[a-z]+=|style="|src=|https?:/);
  },
);
