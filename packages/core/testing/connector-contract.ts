import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connector, LookUpAnswer, VerificationRequest } from '../src/ports/connector.js';
import { DECLINE_CODES, type DeclineCode } from '../src/setup-attempt/setup-attempt.js';

/** What the processor is made to do with the next request of one operation. */
export type ConnectorFault =
  /** It does not act and does not answer. */
  | 'hang'
  /** The connection is reset after the request was sent: before or after it acted. */
  | 'reset_before'
  | 'reset_after'
  /** It answers with a server error: before or after it acted. */
  | 'error_before'
  | 'error_after'
  /** It acts and does not answer. */
  | 'lose_reply'
  /** It acts, and the answer breaks off, cannot be read, or says what nobody documented. */
  | 'truncate'
  | 'garbage'
  | 'odd_status'
  /** It refuses the request by its documented refusal, and does not act. */
  | 'reject'
  /** A look-up finds nothing although something is there. */
  | 'not_found_early';

export interface ConnectorHarness {
  readonly connector: Connector;
  /** The same processor, but this one gives up after about a second. */
  readonly impatient: Connector;
  /** Its processor cannot be connected to. */
  readonly unreachable: Connector;
  /** A request with a new reference and key, to which the issuer will answer this; by a test card where there is one. */
  request(issuer: 'approved' | DeclineCode, authentication: 'required' | 'none'): Promise<VerificationRequest>;
  script(operation: 'verify' | 'look_up' | 'void', fault: ConnectorFault): Promise<void>;
  /** What the cardholder does on the page at this address. */
  authenticate(url: string, outcome: 'pass' | 'fail' | 'leave'): Promise<void>;
  /** How many verifications the processor did under this reference. */
  verificationsOf(reference: string): Promise<number>;
  close(): Promise<void>;
}

/** What every connector must do, whatever its processor. Each adapter runs it, and so does the fake. */
export function connectorContract(name: string, makeHarness: () => Promise<ConnectorHarness>): void {
  describe(`${name} keeps the connector contract`, () => {
    let harness: ConnectorHarness;
    let connector: Connector;
    beforeAll(async () => {
      harness = await makeHarness();
      connector = harness.connector;
    });
    afterAll(() => harness.close());

    async function challenged(): Promise<{ request: VerificationRequest; url: string }> {
      const request = await harness.request('approved', 'required');
      const answer = await connector.verify(request);
      if (answer.kind !== 'action_required') throw new Error(`expected a challenge, got ${answer.kind}`);
      return { request, url: answer.url };
    }
    function lookUp({ scope, reference }: VerificationRequest): Promise<LookUpAnswer> {
      return connector.lookUp(scope, reference);
    }

    describe('answers', () => {
      test('a good card without authentication is approved, and the look-up says the same', async () => {
        const request = await harness.request('approved', 'none');
        const answer = await connector.verify(request);
        expect(answer).toMatchObject({ kind: 'approved', authenticated: false });
        expect(await lookUp(request)).toEqual(answer);
        expect(await harness.verificationsOf(request.reference)).toBe(1);
      });

      test('an approval names the processor’s id, the network transaction and the country', async () => {
        expect(await connector.verify(await harness.request('approved', 'none'))).toMatchObject({
          processorReference: expect.stringMatching(/./),
          networkTransactionId: expect.stringMatching(/./),
          country: expect.stringMatching(/^[A-Z]{2}$/),
        });
      });

      for (const code of DECLINE_CODES) {
        test(`a card that gives ${code} is declined so, authenticated or not, and the look-up says the same`, async () => {
          for (const authentication of ['none', 'required'] as const) {
            const request = await harness.request(code, authentication);
            const answer = await connector.verify(request);
            expect(answer).toMatchObject({ kind: 'declined', code });
            expect(await lookUp(request)).toEqual(answer);
          }
        });
      }

      test('a request with the same key again gets the same answer and verifies nothing more', async () => {
        for (const authentication of ['none', 'required'] as const) {
          const request = await harness.request('approved', authentication);
          const answer = await connector.verify(request);
          expect(await connector.verify(request)).toEqual(answer);
          expect(await harness.verificationsOf(request.reference)).toBe(1);
        }
      });

      test('many requests with the same key at once are one verification', async () => {
        const request = await harness.request('approved', 'none');
        const answers = await Promise.all(Array.from({ length: 16 }, () => connector.verify(request)));
        expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
        expect(answers[0]).toMatchObject({ kind: 'approved' });
        expect(await harness.verificationsOf(request.reference)).toBe(1);
      });
    });

    describe('authentication', () => {
      test('a good card that must be authenticated gives an address, and the look-up gives it again', async () => {
        const { request, url } = await challenged();
        expect(URL.canParse(url)).toBe(true);
        expect(await lookUp(request)).toMatchObject({ kind: 'action_required', url });
      });

      test('once it is passed, the look-up says approved and authenticated', async () => {
        const { request, url } = await challenged();
        await harness.authenticate(url, 'pass');
        expect(await lookUp(request)).toMatchObject({ kind: 'approved', authenticated: true });
      });

      test('once it is failed, the look-up says so, also when the cardholder tries to pass afterwards', async () => {
        const { request, url } = await challenged();
        await harness.authenticate(url, 'fail');
        await harness.authenticate(url, 'pass');
        expect(await lookUp(request)).toMatchObject({ kind: 'authentication_failed' });
      });

      test('a cardholder who leaves has decided nothing, and can still pass', async () => {
        const { request, url } = await challenged();
        await harness.authenticate(url, 'leave');
        expect(await lookUp(request)).toMatchObject({ kind: 'action_required', url });
        await harness.authenticate(url, 'pass');
        expect(await lookUp(request)).toMatchObject({ kind: 'approved' });
      });
    });

    describe('look-up', () => {
      test('a reference that was never used is not found', async () => {
        expect(await lookUp(await harness.request('approved', 'none'))).toEqual({ kind: 'not_found' });
      });

      test('a look-up that finds nothing yet finds it later', async () => {
        const request = await harness.request('approved', 'none');
        await connector.verify(request);
        await harness.script('look_up', 'not_found_early');
        expect(await lookUp(request)).toEqual({ kind: 'not_found' });
        expect(await lookUp(request)).toMatchObject({ kind: 'approved' });
      });
    });

    describe('void', () => {
      function undo({ scope, reference }: VerificationRequest): Promise<'done' | 'unknown'> {
        return connector.void(scope, reference);
      }

      test('an approved verification is undone, once or twice', async () => {
        const request = await harness.request('approved', 'none');
        await connector.verify(request);
        expect([await undo(request), await undo(request)]).toEqual(['done', 'done']);
        expect((await lookUp(request)).kind).not.toBe('approved');
      });

      test('an open authentication is ended: passing it approves nothing', async () => {
        const { request, url } = await challenged();
        expect(await undo(request)).toBe('done');
        await harness.authenticate(url, 'pass');
        expect(['approved', 'action_required']).not.toContain((await lookUp(request)).kind);
      });

      test('a declined verification needs no undoing', async () => {
        const request = await harness.request('card_declined', 'none');
        await connector.verify(request);
        expect(await undo(request)).toBe('done');
        expect(await lookUp(request)).toMatchObject({ kind: 'declined', code: 'card_declined' });
      });

      test('a request that arrives after its void verifies nothing', async () => {
        const request = await harness.request('approved', 'none');
        expect(await undo(request)).toBe('done');
        expect(['approved', 'action_required']).not.toContain((await connector.verify(request)).kind);
        expect(await harness.verificationsOf(request.reference)).toBe(0);
      });
    });

    describe('faults', () => {
      const faults = [
        // the processor…     the connector says             verifications
        ['reset_before', 'unknown', 0],
        ['reset_after', 'unknown', 1],
        ['error_before', 'unknown', 0],
        ['error_after', 'unknown', 1],
        ['truncate', 'unknown', 1],
        ['garbage', 'unknown', 1],
        ['odd_status', 'unknown', 1],
        ['reject', 'rejected_before_processing', 0],
        ['hang', 'unknown', 0],
        ['lose_reply', 'unknown', 1],
      ] as const;
      for (const [fault, kind, verifications] of faults) {
        test(`verify under ${fault} is ${kind}; the look-up tells what happened, and asking again is safe`, async () => {
          const request = await harness.request('approved', 'none');
          await harness.script('verify', fault);
          const asking = fault === 'hang' || fault === 'lose_reply' ? harness.impatient : connector;
          expect(await asking.verify(request)).toMatchObject({ kind, reason: expect.stringMatching(/./) });
          expect((await lookUp(request)).kind).toBe(verifications === 0 ? 'not_found' : 'approved');
          expect(await harness.verificationsOf(request.reference)).toBe(verifications);

          expect(await connector.verify(request)).toMatchObject({ kind: 'approved' });
          expect(await harness.verificationsOf(request.reference)).toBe(1);
        });
      }

      test('a processor that cannot be connected to has provably processed nothing', async () => {
        const request = await harness.request('approved', 'none');
        expect(await harness.unreachable.verify(request)).toMatchObject({ kind: 'rejected_before_processing' });
      });

      const silent = ['hang', 'lose_reply'] as const;
      const broken = ['reset_before', 'reset_after', 'error_before', 'error_after', 'truncate', 'garbage'] as const;
      for (const fault of [...broken, ...silent]) {
        const isSilent = silent.some((each) => each === fault);
        test(`look-up and void under ${fault} are unknown, and answer when they are asked again`, async () => {
          const asking = isSilent ? harness.impatient : connector;
          const request = await harness.request('approved', 'none');
          const { scope, reference } = request;
          await connector.verify(request);

          await harness.script('look_up', fault);
          expect(await asking.lookUp(scope, reference)).toMatchObject({ kind: 'unknown' });
          expect(await asking.lookUp(scope, reference)).toMatchObject({ kind: 'approved' });

          await harness.script('void', fault);
          expect(await asking.void(scope, reference)).toBe('unknown');
          expect(await asking.void(scope, reference)).toBe('done');
        });
      }

      test('a look-up or void that cannot connect knows nothing', async () => {
        const { scope, reference } = await harness.request('approved', 'none');
        expect(await harness.unreachable.lookUp(scope, reference)).toMatchObject({ kind: 'unknown' });
        expect(await harness.unreachable.void(scope, reference)).toBe('unknown');
      });

      test('a look-up with a status that is not documented is unknown', async () => {
        const request = await harness.request('approved', 'none');
        await connector.verify(request);
        await harness.script('look_up', 'odd_status');
        expect(await lookUp(request)).toMatchObject({ kind: 'unknown' });
      });
    });

    test('it declares its limits', () => {
      expect(connector.settlingMs).toBeGreaterThanOrEqual(0);
      expect(connector.verifyTimeoutMs).toBeGreaterThan(0);
      expect(connector.verifyTimeoutMs).toBeLessThanOrEqual(60_000);
    });
  });
}
