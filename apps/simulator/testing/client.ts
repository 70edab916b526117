import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, type SimulatorOptions, startSimulator } from '../src/simulator.js';

/** A simulator of a test's own, and the requests that tests make to it. */
export class TestClient {
  #simulator: Simulator;
  readonly #options: SimulatorOptions;

  private constructor(simulator: Simulator, options: SimulatorOptions) {
    this.#simulator = simulator;
    this.#options = options;
  }

  static async start(options: Partial<SimulatorOptions> = {}): Promise<TestClient> {
    const dataDir = await mkdtemp(join(tmpdir(), 'onfile-simulator-'));
    return new TestClient(await startSimulator({ dataDir, ...options }), { dataDir, ...options });
  }

  get url(): string {
    return this.#simulator.url;
  }

  async restart(): Promise<void> {
    await this.#simulator.close();
    this.#simulator = await startSimulator(this.#options);
  }

  async stop(): Promise<void> {
    await this.#simulator.close();
    await rm(this.#options.dataDir, { recursive: true });
  }

  ledgerText(): Promise<string> {
    return readFile(this.#simulator.ledgerFile, 'utf8');
  }

  async verify(body: object, key: string = randomUUID()): Promise<Answer> {
    return this.call('POST', '/v1/verifications', body, { 'idempotency-key': key });
  }

  lookUp(reference: string): Promise<Answer> {
    return this.call('GET', `/v1/verifications?reference=${reference}`);
  }

  void(reference: string): Promise<Answer> {
    return this.call('POST', '/v1/verifications/void', { reference });
  }

  async ledger(query: Record<string, string> = {}): Promise<Answer['body']> {
    return (await this.call('GET', `/v1/ledger?${new URLSearchParams(query)}`)).body;
  }

  script(step: object): Promise<Answer> {
    return this.call('POST', '/control/next', step);
  }

  /** The text form of a body is sent as it is. */
  async call(
    method: string,
    path: string,
    body?: object | string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: 'Bearer any', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  }
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into it and fail where it is not as they expect
  readonly body: any;
}

export function aVerification({
  number = '4242424242424242',
  cvc = '123',
  year = '2099',
  ...rest
}: { number?: string; cvc?: string; year?: string } & Record<string, unknown> = {}) {
  return {
    reference: randomUUID() as string,
    amount: 0,
    currency: 'jpy',
    card: { number, exp_month: '01', exp_year: year, cvc },
    cardholder: { name: 'HANAKO ONFILE', email: 'hanako@example.jp' },
    authentication: 'none',
    return_url: 'https://shop.example/return?setup=1',
    ...rest,
  };
}
