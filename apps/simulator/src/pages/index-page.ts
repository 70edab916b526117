import type { Handler } from '../http/server.js';
import { BEHAVIOURS, type Step } from '../script.js';
import { TEST_CARDS } from '../test-cards.js';
import type { LedgerRecord } from '../verification.js';
import { document, type Html, html } from './html.js';

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `GET /`: what a developer can do here. */
export const indexPage: Handler = ({ processor, script, url }) => ({
  kind: 'page',
  status: 200,
  policy: POLICY,
  html: document({
    language: 'en',
    title: 'Onfile simulator',
    body: html`<p class="ribbon">A simulated processor. No card is real here and no money moves.</p>
<main class="wide">
<h1>Onfile simulator</h1>
<p>It plays processor, issuer and 3-D Secure: it verifies cards for zero yen, authenticates cardholders on its own page,
and keeps a ledger of everything it did. What it forgets is the card: four digits stay.</p>

<h2>Test cards</h2>
<p>Any expiry that is not past, any security code of three or four digits. Other numbers are declined. Cards
that are saved ask for authentication first, unless the request says that there is none; cards that are declined are
declined at once, without it.</p>
<div class="scroll"><table>
<thead><tr><th>Number</th><th>Brand</th><th>Issued in</th><th>When it is saved</th><th></th></tr></thead>
<tbody>${TEST_CARDS.map(
      (card) => html`
<tr><td class="number">${card.number}</td><td>${card.brand}</td><td>${card.country}</td><td>${card.registration}</td><td>${card.note}</td></tr>`,
    )}
</tbody></table></div>

<h2>Script the next answers</h2>
<p>From this machine only. A step applies to the next matching request and is then used up; <code>times</code> makes it
last longer, <code>match</code> narrows it to a <code>reference</code> or a <code>last4</code>.</p>
<pre>curl ${url}/control/next -H 'Content-Type: application/json' \\
  -d '{"operation": "verify", "behaviour": "reset_after", "match": {"last4": "4242"}}'
curl ${url}/control/outage -H 'Content-Type: application/json' -d '{"on": true}'
curl ${url}/control
curl -X DELETE ${url}/control</pre>
<div class="scroll"><table>
<thead><tr><th>Behaviour</th><th>For</th><th>What the simulator does</th></tr></thead>
<tbody>${Object.entries(BEHAVIOURS).map(
      ([name, { on, does }]) => html`
<tr><td><code>${name}</code></td><td>${on.join(', ')}</td><td>${does}</td></tr>`,
    )}
</tbody></table></div>
<p><code>ms</code> is at most 120,000 and <code>code</code> one of the declines above. <code>authorize</code> is the issuer's
answer after a passed authentication.</p>
${scriptedNow(script.steps, script.outage)}

<h2>Ledger</h2>
<p>The newest records first. All of them: <a href="/v1/ledger">/v1/ledger</a>, with <code>?reference=</code> or
<code>?type=</code>.</p>
<div class="scroll"><table>
<thead><tr><th>Time</th><th>What happened</th><th>Status after it</th><th>Card</th><th>Reference</th></tr></thead>
<tbody>${[...processor.recent].reverse().map(ledgerRow)}
</tbody></table></div>
</main>
<footer></footer>`,
  }),
});

function scriptedNow(steps: readonly Step[], outage: string): Html {
  if (steps.length === 0 && outage === 'none') return html`<p>Nothing is scripted now.</p>`;
  return html`<p>Scripted now${outage === 'none' ? '' : ` (outage: ${outage})`}:</p>
<pre>${steps.map((step) => JSON.stringify(step)).join('\n')}</pre>`;
}

function ledgerRow(record: LedgerRecord): Html {
  const card = record.type === 'verification.requested' ? `${record.card.brand} •••• ${record.card.last4}` : '';
  const code = record.code ? ` (${record.code})` : '';
  return html`
<tr><td>${record.at}</td><td>${record.type}</td><td>${record.status}${code}</td><td>${card}</td><td><code>${record.reference}</code></td></tr>`;
}
