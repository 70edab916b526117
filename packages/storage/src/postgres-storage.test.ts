import { storageContract } from '@onfile/core/testing';
import { SERVERS } from '../testing/databases-for-tests.js';
import { createPostgresStorage } from './postgres-storage.js';
import { enforceRowSecurity } from './row-security.js';

console.info(`Storage is tested on ${SERVERS.map(({ name }) => name).join(' and on ')}.`);

const WALLS = [
  { rowSecurity: false, behind: '' },
  { rowSecurity: true, behind: ', behind the wall of row-level security' },
];

for (const [{ name, start }, { rowSecurity, behind }] of SERVERS.flatMap((server) =>
  WALLS.map((wall) => [server, wall] as const),
)) {
  storageContract(`Storage on ${name}${behind}`, async () => {
    const databases = await start();
    const database = await databases.create();
    if (rowSecurity) await enforceRowSecurity(database);
    const storage = createPostgresStorage({ ...database, poolSize: 16, rowSecurity, log: () => {} });
    return {
      storage,
      async close() {
        await storage.close();
        await databases.stop();
      },
    };
  });
}
