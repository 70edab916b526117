import { readSavedCard, startSavingCard } from './hosted-page-way.js';
import { type SavedCard, type Shop, savedCard } from './onfile-api.js';
import { startSetupByElement } from './onfile-element-way.js';
import { startSetupFlow } from './setup-flow-way.js';
import { readCheckout, startCheckout } from './toast-way.js';

/**
 * One way of saving a card. Its page is at `/<name>`: the markup of `browser/<name>.html`, which may load `/<name>.js`, and
 * below it the code that it takes. To add one, add it here, with its files.
 */
export interface Way {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** The server's part, as the page shows it: names of files in `src/`. */
  readonly server: readonly string[];
  /** The page's part: names of files in `browser/`. */
  readonly page: readonly string[];
  /** What the markup has in place of `{{name}}`, each time the page is asked for. */
  prepare?(shop: Shop): Promise<Readonly<Record<string, string>>>;
  /** Where a post to the page leads. */
  start?(shop: Shop): Promise<string>;
  /** What came of it, by the address `/<name>/saved` that the browser comes back to. */
  readSaved(shop: Shop, query: URLSearchParams): Promise<SavedCard | null>;
}

export const WAYS: readonly Way[] = [
  {
    name: 'hosted-page',
    title: 'Hosted page',
    summary: 'The customer goes to Onfile’s own page and comes back. No script in the shop at all.',
    server: ['hosted-page-way.ts', 'onfile-api.ts'],
    page: ['hosted-page.html'],
    start: startSavingCard,
    readSaved: (shop, query) => readSavedCard(shop, query.get('session') ?? ''),
  },
  {
    name: 'onfile-js',
    title: 'Onfile’s own SDK',
    summary:
      'The form is in the shop’s page, and so is the bank’s question. Typed, small, no redirect where none is needed.',
    server: ['setup-flow-way.ts', 'onfile-api.ts'],
    page: ['onfile-js.html', 'onfile-js.js'],
    prepare: async (shop) => ({ clientSecret: await startSetupFlow(shop) }),
    readSaved: readSetupFlow,
  },
  {
    name: 'onfile-element',
    title: 'Onfile’s form as an element',
    summary: 'The same form as a tag in the markup, for pages that bundle nothing.',
    server: ['onfile-element-way.ts', 'onfile-api.ts'],
    page: ['onfile-element.html', 'onfile-element.js'],
    prepare: startSetupByElement,
    readSaved: readSetupFlow,
  },
  {
    name: 'payjp-widgets',
    title: 'PAY.JP widgets',
    summary: 'The form is in the shop’s page, by the code that a shop with PAY.JP’s script has already.',
    server: ['setup-flow-way.ts', 'onfile-api.ts'],
    page: ['payjp-widgets.html', 'payjp-widgets.js'],
    prepare: async (shop) => ({ clientSecret: await startSetupFlow(shop) }),
    readSaved: readSetupFlow,
  },
  {
    name: 'toast',
    title: 'Toast’s hosted checkout',
    summary: 'The form is in the shop’s page, by the code that a restaurant with Toast’s script has already.',
    server: ['toast-way.ts', 'toast-api.ts'],
    page: ['toast.html', 'toast.js'],
    prepare: startCheckout,
    readSaved: (shop, query) => readCheckout(shop, query.get('intent') ?? ''),
  },
];

function readSetupFlow(shop: Shop, query: URLSearchParams): Promise<SavedCard | null> {
  return savedCard(shop, query.get('setup_flow_id') ?? '');
}
