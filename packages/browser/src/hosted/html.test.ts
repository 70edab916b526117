import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from './html.js';

const templates = [
  // made                                                       markup
  [html`<p>${'a & b'}</p>`, '<p>a &amp; b</p>'],
  [html`<p>${'<script>'}</p>`, '<p>&lt;script&gt;</p>'],
  [html`<a title="${'" onclick="x'}">`, '<a title="&quot; onclick=&quot;x">'],
  [html`<a title="${"'`"}">`, '<a title="&#39;&#96;">'],
  [html`<p>${html`<b>${'<'}</b>`}</p>`, '<p><b>&lt;</b></p>'],
  [html`<ul>${['a', '<'].map((item) => html`<li>${item}</li>`)}</ul>`, '<ul><li>a</li><li>&lt;</li></ul>'],
  [html`${['<', '>']}`, '&lt;&gt;'],
  [html`<p>${null}${false}${0}${''}</p>`, '<p>0</p>'],
] as const;

for (const [made, markup] of templates) {
  test(`${markup} comes out`, () => {
    expect(made.toString()).toBe(markup);
  });
}

test('no text opens a tag, ends an attribute or begins a character reference', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const markup = html`${text}`.toString();
      expect(markup).not.toMatch(/[<>"'`]/);
      expect(markup.replaceAll(/&(amp|lt|gt|quot|#39|#96);/g, '')).not.toContain('&');
    }),
  );
});

test('text that only looks like markup of ours is escaped', () => {
  const impostor = { toString: () => '<script>' } as unknown as string;
  expect(() => html`${impostor}`.toString()).toThrow(TypeError);
});
