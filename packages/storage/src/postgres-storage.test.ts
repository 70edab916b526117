import { storageContract } from '@onfile/core/testing';
import { SERVERS } from '../testing/databases-for-tests.js';
import { createPostgresStorage } from './postgres-storage.js';
import { enforceRowSecurity } from './row-security.js';

console.info(`Storage is tested on ${SERVERS.map(({ name }) => name).join(' and on ')}.`);

const WAYS = [
  { commitForm: 'one-statement', rowSecurity: false, way: '' },
  { commitForm: 'one-statement', rowSecurity: true, way: ', behind the wall of row-level security' },
  { commitForm: 'pipelined', rowSecurity: false, way: ', its commits pipelined' },
] as const;

// Tables that are distributed over nodes take pipelined commits alone.
const CASES = SERVERS.flatMap((server) =>
  WAYS.filter(({ commitForm }) => commitForm === 'pipelined' || !server.isDistributed).map((way) => ({ server, way })),
);

for (const { server, way: wayAndSettings } of CASES) {
  const { name, start } = server;
  const { way, ...settings } = wayAndSettings;
  storageContract(`Storage on ${name}${way}`, async () => {
    const databases = await start();
    const database = await databases.create();
    if (settings.rowSecurity) await enforceRowSecurity(database);
    const storage = createPostgresStorage({ ...database, ...settings, poolSize: 16, log: () => {} });
    return {
      storage,
      async close() {
        await storage.close();
        await databases.stop();
      },
    };
  });
}
