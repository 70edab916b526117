import type { FrameLocator, Page } from 'playwright-core';
import { type MerchantPages, strictPolicy } from '../merchant-pages.js';
import type { RunningOnfile } from '../running-server.js';

/** What a test keeps in the merchant's page. */
interface Shop {
  readonly PayjpPayments: (key: string) => { widgets(options: object): Widgets };
  widgets: Widgets;
  told: { readonly event: string; readonly error?: ConfirmError }[];
}

interface Widgets {
  createForm(type: string, options?: object): Form;
  getForm(type: string, options?: object): Form | null;
  update(options: object): void;
  fetchUpdates(): Promise<void>;
  confirmSetup(params: object): Promise<{ error: ConfirmError }>;
}

interface Form {
  mount(target: string): void;
  unmount(): void;
  collapse(): void;
  update(options: object): void;
  on(event: string, handler: (payload?: object) => void): void;
}

export interface ConfirmError {
  readonly type: string;
  readonly code: string;
  readonly message: string;
}

export interface SetupFlow {
  readonly id: string;
  readonly client_secret: string;
  readonly status: string;
}

export interface Look {
  readonly locale?: 'ja' | 'en';
  readonly appearance?: { readonly theme: 'payjp' | 'dark'; readonly variables?: Readonly<Record<string, string>> };
}

/** A merchant's page with our script in it, by a tag of its own. */
export class PaymentFormPage {
  constructor(
    readonly page: Page,
    readonly onfile: RunningOnfile,
    readonly shop: MerchantPages,
  ) {}

  createFlow(): Promise<SetupFlow> {
    return createFlow(this.onfile);
  }

  cancelFlow({ id }: SetupFlow): Promise<SetupFlow> {
    return api(this.onfile, 'POST', `/v2/setup_flows/${id}/cancel`);
  }

  async open(flow: SetupFlow, look: Look = {}): Promise<void> {
    const { vaultUrl, publicKey } = this.onfile;
    await this.page.goto(this.shop.pageWith(strictPolicy(vaultUrl)));
    await this.page.addScriptTag({ url: `${vaultUrl}/payments.js` });
    await this.page.evaluate(
      ({ publicKey, clientSecret, look }) => {
        const shop = window as unknown as Shop;
        shop.widgets = shop.PayjpPayments(publicKey).widgets({ clientSecret, locale: 'en', ...look });
        shop.told = [];
      },
      { publicKey, clientSecret: flow.client_secret, look },
    );
  }

  /** Mounts a form, and answers its frame once it is ready. */
  async mount(options: object = {}, { form = 'payment', target = '#one' } = {}): Promise<FrameLocator> {
    await this.page.evaluate(
      ({ options, form, target }) => {
        const shop = window as unknown as Shop;
        const mounted = shop.widgets.createForm(form, options);
        const ready = new Promise<void>((resolve) => mounted.on('ready', () => resolve()));
        for (const event of ['change', 'loaderror']) {
          mounted.on(event, (payload) => shop.told.push({ event, ...payload }));
        }
        mounted.mount(target);
        return ready;
      },
      { options, form, target },
    );
    return this.page.frameLocator(`${target} iframe`);
  }

  async update(look: Look): Promise<void> {
    await this.page.evaluate((look) => (window as unknown as Shop).widgets.update(look), look);
  }

  async call(form: 'payment' | 'address', method: 'collapse' | 'unmount', options: object = {}): Promise<void> {
    await this.page.evaluate(
      ({ form, method, options }) => (window as unknown as Shop).widgets.getForm(form, options)?.[method](),
      { form, method, options },
    );
  }

  /** Reads the flow anew, as after a change on the merchant's server. */
  async fetchUpdates(): Promise<void> {
    await this.page.evaluate(() => (window as unknown as Shop).widgets.fetchUpdates());
  }

  /** Confirms, and answers the error; it does not come back where the browser goes on. */
  async errorOfConfirm(): Promise<ConfirmError> {
    const confirmed = this.page.evaluate(
      (return_url) => (window as unknown as Shop).widgets.confirmSetup({ return_url }),
      this.returnUrl,
    );
    return (await confirmed).error;
  }

  /** Confirms without waiting. */
  async confirm(): Promise<void> {
    await this.page.evaluate((return_url) => {
      void (window as unknown as Shop).widgets.confirmSetup({ return_url });
    }, this.returnUrl);
  }

  get returnUrl(): string {
    return `${this.shop.origin}/done`;
  }

  told(): Promise<Shop['told']> {
    return this.page.evaluate(() => (window as unknown as Shop).told);
  }
}

export function createFlow(onfile: RunningOnfile): Promise<SetupFlow> {
  return api(onfile, 'POST', '/v2/setup_flows');
}

async function api({ apiUrl, secretKey }: RunningOnfile, method: string, path: string): Promise<SetupFlow> {
  const response = await fetch(apiUrl + path, { method, headers: { authorization: `Bearer ${secretKey}` } });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as SetupFlow;
}

/** A card that the simulator knows, with everything else that the form wants. */
export async function fillCard(form: FrameLocator, number: string): Promise<void> {
  const entries = {
    card_number: number,
    card_expiry: '12/34',
    card_cvc: '123',
    card_name: 'TARO YAMADA',
    email: 'taro@example.com',
  };
  for (const [name, text] of Object.entries(entries)) await form.locator(`[name=${name}]`).fill(text);
}
