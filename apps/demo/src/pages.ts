import type { SavedCard } from './hosted-page-way.js';

/** The shop's start: its one product, the button, and how the button works. */
export function renderStart(source: string): string {
  return renderDocument(
    'Save a card',
    `<h1>Save a card</h1>
<p>A shop that charges later saves the card now. This one sends its customer to Onfile's own page, and asks afterwards
what came of it.</p>
<form method="post" action="/hosted-page"><button>Save a card on the hosted page</button></form>
<p><a href="/payjp-widgets">Or with PAY.JP widgets, in the shop's own page</a></p>
<p>Good numbers to type: <code>4242 4242 4242 4242</code> is saved, <code>4000 0000 0000 0002</code> is declined. Any
expiry ahead, any three digits, and any name and e-mail will do. The bank may ask the
customer to authenticate: pass or fail it.</p>
<h2>All the code that it takes</h2>
<pre><code>${escapeHtml(source)}</code></pre>`,
  );
}

/** The page with Onfile's form in it, as PAY.JP's own script shows it. */
export function renderWidgets(
  shop: {
    readonly vaultUrl: string;
    readonly publicKey: string;
    readonly widgetsServer: string;
    readonly widgetsPage: string;
  },
  clientSecret: string,
): string {
  return renderDocument(
    'PAY.JP widgets',
    `<h1>PAY.JP widgets</h1>
<p>The form is Onfile's, in a frame of its own origin: nothing that is typed there reaches this page.</p>
<form data-public-key="${escapeHtml(shop.publicKey)}" data-client-secret="${escapeHtml(clientSecret)}">
<div id="card"></div>
<p id="error" role="alert"></p>
<button>Save card</button>
</form>
<h2>All the code that it takes</h2>
<p>In the page, after <code>&lt;script src="${escapeHtml(shop.vaultUrl)}/payments.js"&gt;</code>:</p>
<pre tabindex="0"><code>${escapeHtml(shop.widgetsPage)}</code></pre>
<p>On the server:</p>
<pre tabindex="0"><code>${escapeHtml(shop.widgetsServer)}</code></pre>
<p><a href="/">Back to the shop</a></p>
<script src="${escapeHtml(shop.vaultUrl)}/payments.js"></script>
<script src="/payjp-widgets.js"></script>`,
  );
}

export function renderSaved(card: SavedCard | null): string {
  if (card === null) {
    return renderDocument(
      'No card yet',
      '<h1>No card was saved yet</h1><p><a href="/">Back to the shop</a>, or reload this page in a moment.</p>',
    );
  }
  return renderDocument(
    'Card saved',
    `<h1>Card saved</h1>
<p>${escapeHtml(card.brand)} ending in <strong>${escapeHtml(card.last4)}</strong> can be charged from now on, as
<code>${escapeHtml(card.paymentMethodId)}</code>. The shop itself never saw the number.</p>
<p><a href="/">Save another one</a></p>`,
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

export const STYLE = `:root { color-scheme: light dark; font: 1.0625rem/1.6 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 44rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.75rem; line-height: 1.2; }
h2 { font-size: 1.125rem; margin-top: 2.5rem; }
button { font: inherit; font-weight: 600; padding: 0.75rem 1.5rem; border: 0; border-radius: 0.5rem; background: #1d4ed8; color: #fff; cursor: pointer; }
button:hover { background: #1e40af; }
:focus-visible { outline: 3px solid #f59e0b; outline-offset: 3px; }
button:disabled { opacity: 0.6; cursor: progress; }
#error { min-height: 1.6em; margin: 0.75rem 0; color: light-dark(#b3201b, #ffb0a8); }
a { color: light-dark(#1d4ed8, #93c5fd); }
code { font: 0.9375em ui-monospace, monospace; }
pre { padding: 1rem; overflow-x: auto; border-radius: 0.5rem; background: light-dark(#f1f5f9, #1e293b); font-size: 0.8125rem; line-height: 1.5; }
`;
