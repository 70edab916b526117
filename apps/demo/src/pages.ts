import type { SavedCard } from './onfile-api.js';
import type { WayFile, WayFiles } from './way-files.js';
import type { Way } from './ways.js';

/** The shop's start: the ways of saving a card, and what to type. */
export function renderIndex(ways: readonly Way[]): string {
  return renderDocument(
    'Save a card',
    `<h1>Save a card</h1>
<p class="lead">A shop that charges later saves the card now. Each page below does it in one way, and shows all the code that
the way takes.</p>
<ul class="ways">${ways.map(renderLink).join('')}</ul>
${TEST_CARDS}`,
  );
}

function renderLink({ name, title, summary }: Way): string {
  return `
<li><a href="/${name}"><strong>${escapeHtml(title)}</strong><span>${escapeHtml(summary)}</span></a></li>`;
}

/** A way's page: its own markup, which is also shown, with the rest of its code. */
export function renderWay({ title, summary }: Way, files: WayFiles, values: Readonly<Record<string, string>>): string {
  const markup = files.markup.replace(/\{\{(\w+)\}\}/g, (_, name) => escapeHtml(values[name] ?? ''));
  return renderDocument(
    title,
    `<p><a href="/">All ways</a></p>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(summary)}</p>
<section class="card">
${markup}</section>
${TEST_CARDS}
<h2>All the code that it takes</h2>
${files.page.map((file) => renderFile('In the page', file)).join('')}
${files.server.map((file) => renderFile('On the server', file)).join('')}`,
  );
}

function renderFile(where: string, { name, text }: WayFile): string {
  return `
<h3>${where}: <code>${escapeHtml(name)}</code></h3>
<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`;
}

const TEST_CARDS = `<dl class="try">
<div><dt><code>4242 4242 4242 4242</code></dt><dd>is saved, once the bank’s test page lets it pass</dd></div>
<div><dt><code>4000 0000 0000 0002</code></dt><dd>is declined</dd></div>
<div><dt>Anything else</dt><dd>any expiry ahead, any three digits, any name and e-mail</dd></div>
</dl>`;

/** What came of it; `null` where no card was saved. */
export function renderSaved({ name }: Way, card: SavedCard | null): string {
  if (card === null) {
    return renderDocument(
      'No card yet',
      `<h1>No card was saved yet</h1>
<p><a href="/${name}">Try again</a>, or reload this page in a moment.</p>`,
    );
  }
  return renderDocument(
    'Card saved',
    `<h1>Card saved</h1>
<p class="lead">${escapeHtml(card.brand)} ending in <strong>${escapeHtml(card.last4)}</strong> can be charged from now on, as
<code>${escapeHtml(card.paymentMethodId)}</code>. The shop itself never saw the number.</p>
<p><a href="/${name}">Save another one</a>, or <a href="/">in another way</a>.</p>`,
  );
}

export function renderProblem(title: string, detail: string): string {
  return renderDocument(
    title,
    `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(detail)}</p><p><a href="/">Back to the shop</a></p>`,
  );
}

function renderDocument(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Onfile demo shop</title>
<link rel="stylesheet" href="/style.css">
</head>
<body><main>
${body}
</main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
