import { done, type Merchant, type Uuid } from '@onfile/core';
import type { Static } from 'typebox';
import Type from 'typebox';
import { problem } from './errors.js';
import { answerObject, Id, queryObject, renderTime, Text, Time } from './fields.js';
import { type Answered, installationRoute, type OperatorCaller, type OperatorRoute } from './operator-route.js';
import { limitOf, listOf, PAGE } from './paging.js';
import type { OperatorPorts } from './ports.js';

const MerchantSchema = answerObject({ id: Id, name: Text, origins: Type.Array(Text), created_at: Time });

const Name = Type.String({ minLength: 1, maxLength: 100 });
const Origins = Type.Array(Type.String({ maxLength: 300 }), { maxItems: 100, uniqueItems: true });

type MerchantAnswer = Answered<Static<typeof MerchantSchema>>;

export function merchantRoutes(ports: OperatorPorts): readonly OperatorRoute[] {
  const { storage, createMerchant } = ports;
  return [
    installationRoute(
      {
        method: 'GET',
        path: '/operator/v1/merchants',
        summary: 'The merchants, newest first.',
        query: queryObject(PAGE),
        answer: listOf(MerchantSchema),
      },
      'operators',
      async ({ query }) => {
        const limit = limitOf(query);
        const found = await storage.listMerchants(limit + 1, query.cursor as Uuid | undefined);
        const shown = found.slice(0, limit);
        const data = await Promise.all(shown.map((merchant) => renderMerchant(ports, merchant)));
        return done({ data, next_cursor: found.length > limit ? (shown.at(-1)?.id ?? null) : null });
      },
    ),
    installationRoute(
      {
        method: 'POST',
        path: '/operator/v1/merchants',
        summary: 'Make a merchant.',
        body: Type.Object({ name: Name, origins: Type.Optional(Origins) }, { additionalProperties: false }),
        answer: MerchantSchema,
        status: 201,
      },
      'operators',
      async ({ body: { name, origins = [] } }) => {
        const refused = refuseOrigins(ports, origins);
        if (refused) return refused;
        const merchant = await createMerchant(name);
        await setOrigins(ports, merchant.id, origins);
        return done(await renderMerchant(ports, merchant));
      },
    ),
    installationRoute(
      {
        method: 'GET',
        path: '/operator/v1/merchants/:id',
        summary: 'One merchant; with a secret key, its own.',
        answer: MerchantSchema,
      },
      'either',
      async ({ caller, params }) => {
        const merchant = await findMerchant(ports, caller, params.id);
        return merchant === null ? problem('merchant_unknown') : done(await renderMerchant(ports, merchant));
      },
    ),
    installationRoute(
      {
        method: 'PATCH',
        path: '/operator/v1/merchants/:id',
        summary: 'Change its name, or the origins whose pages may show card forms: all of them are given.',
        body: Type.Object(
          { name: Type.Optional(Name), origins: Type.Optional(Origins) },
          { additionalProperties: false },
        ),
        answer: MerchantSchema,
      },
      'operators',
      async ({ caller, params, body: { name, origins } }): Promise<MerchantAnswer> => {
        const refused = refuseOrigins(ports, origins ?? []);
        if (refused) return refused;
        const merchant = await findMerchant(ports, caller, params.id);
        if (merchant === null) return problem('merchant_unknown');
        if (name !== undefined) await storage.renameMerchant(merchant.id, name);
        if (origins !== undefined) await setOrigins(ports, merchant.id, origins);
        return done(await renderMerchant(ports, { ...merchant, name: name ?? merchant.name }));
      },
    ),
  ];
}

/** Of another merchant a merchant's key sees as much as of one that is not there. */
export async function findMerchant(
  { storage, names }: OperatorPorts,
  caller: OperatorCaller,
  text: string | undefined,
): Promise<Merchant | null> {
  const id = names.idOf('webhook_endpoint', text ?? '');
  if (id === null || (caller.kind === 'merchant' && caller.scope.merchantId !== id)) return null;
  return storage.loadMerchant(id);
}

function refuseOrigins({ problemOfOrigin }: OperatorPorts, origins: readonly string[]) {
  for (const origin of origins) {
    const message = problemOfOrigin(origin);
    if (message !== null) return problem('origin_not_allowed', { message, param: 'origins' });
  }
  return null;
}

async function setOrigins({ storage, clock }: OperatorPorts, id: Uuid, wanted: readonly string[]): Promise<void> {
  const known = await storage.listMerchantOrigins(id);
  for (const origin of wanted) await storage.addMerchantOrigin(id, origin, clock.now());
  for (const origin of known) if (!wanted.includes(origin)) await storage.removeMerchantOrigin(id, origin);
}

async function renderMerchant({ storage }: OperatorPorts, { id, name, createdAt }: Merchant) {
  return { id, name, origins: [...(await storage.listMerchantOrigins(id))], created_at: renderTime(createdAt) };
}
