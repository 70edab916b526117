import type { ApiClient, Clock, Instant } from '@onfile/core';
import type { CallerAuthentication, DialectResponse, OpenRoute } from '../dialect.js';
import { Faults, Fields } from '../fields.js';
import { CODES, TOKEN_LIFETIME_MS, TOKEN_RENEWED_BEFORE_END_MS } from './choices.js';
import type { ToastErrors } from './errors.js';
import type { Tokens } from './tokens.js';

/** The credential sets of this installation, as the server keeps them. */
export interface ToastClients {
  /** `null`: unknown, or revoked. */
  find(clientId: string): Promise<ApiClient | null>;
  isSecret(client: ApiClient | null, candidate: string): boolean;
  /** See `Storage.renewToken`. */
  renewToken(
    client: ApiClient,
    token: { readonly issuedAt: Instant; readonly unlessAfter: Instant },
  ): Promise<Instant | null>;
}

interface Ports {
  readonly clients: ToastClients;
  readonly tokens: Tokens;
  readonly clock: Clock;
}

const TOKEN_LENGTH_MAX = 4_096;

/** A bearer token is believed as long as it is good and its client is not revoked. */
export function createCallers({ clients, tokens }: Ports): CallerAuthentication {
  return {
    async authenticate(authorization) {
      const [, text] = /^bearer +([^\s]+) *$/i.exec(authorization?.slice(0, TOKEN_LENGTH_MAX) ?? '') ?? [];
      const token = text === undefined ? null : await tokens.read(text);
      const client = token && (await clients.find(token.clientId));
      if (!client) return null;
      const access = client.kind === 'secret' ? 'secret' : 'browser';
      return { scope: client.scope, access, permissions: token.permissions };
    },
  };
}

/** Where callers get a token, and where others get the key to check one. */
export function authenticationRoutes(ports: Ports, errors: ToastErrors): readonly OpenRoute[] {
  return [
    {
      method: 'POST',
      path: '/authentication/v1/authentication/login',
      body: 'required',
      async handle(request) {
        const faults = new Faults();
        const login = parseLogin(Fields.ofBody(faults, request.body));
        if (faults.first) return errors.parseFault(faults.first, request);
        return (await logIn(ports, login)) ?? errors.own(WRONG_CREDENTIALS, request);
      },
    },
    {
      method: 'GET',
      path: '/authentication/v1/.well-known/jwks.json',
      body: 'none',
      handle: async () => ({ status: 200, body: await ports.tokens.keySet() }),
    },
  ];
}

const WRONG_CREDENTIALS = { status: 401, code: CODES.badToken, message: 'These credentials are not valid.' };
const CREDENTIAL = { lengthMin: 1, lengthMax: 255 };

function parseLogin(body: Fields): { clientId: string; clientSecret: string } {
  body.require('clientId', 'clientSecret', 'userAccessType');
  body.choice('userAccessType', ['TOAST_MACHINE_CLIENT']);
  return {
    clientId: body.text('clientId', CREDENTIAL) ?? '',
    clientSecret: body.text('clientSecret', CREDENTIAL) ?? '',
  };
}

/** `null`: the credentials are not valid; which of the two is wrong cannot be told. */
async function logIn(
  { clients, tokens, clock }: Ports,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Promise<DialectResponse | null> {
  const client = await clients.find(clientId);
  if (!clients.isSecret(client, clientSecret) || client === null) return null;

  const now = clock.now();
  // Whole seconds, as a token tells them.
  const issuedAt = await clients.renewToken(client, {
    issuedAt: Math.floor(now / 1_000) * 1_000,
    unlessAfter: now - (TOKEN_LIFETIME_MS - TOKEN_RENEWED_BEFORE_END_MS),
  });
  if (issuedAt === null) return null;
  return {
    status: 200,
    body: {
      '@class': '.SuccessfulResponse',
      token: {
        tokenType: 'Bearer',
        scope: null,
        expiresIn: Math.floor((issuedAt + TOKEN_LIFETIME_MS - now) / 1_000),
        accessToken: await tokens.issue(clientId, client, issuedAt),
        idToken: null,
        refreshToken: null,
      },
      status: 'SUCCESS',
    },
  };
}
