import { storageContract } from '@onfile/core/testing';
import { SERVERS } from '../testing/databases-for-tests.js';
import { createPostgresStorage } from './postgres-storage.js';

console.info(`Storage is tested on ${SERVERS.map(({ name }) => name).join(' and on ')}.`);

for (const { name, start } of SERVERS) {
  storageContract(`Storage on ${name}`, async () => {
    const databases = await start();
    const storage = createPostgresStorage({ ...(await databases.create()), poolSize: 16, log: () => {} });
    return {
      storage,
      async close() {
        await storage.close();
        await databases.stop();
      },
    };
  });
}
