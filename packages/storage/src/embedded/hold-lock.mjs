// Started by tests: node hold-lock.mjs <data-directory-lock.js> <data directory>. Says `ready`, tries once when it is
// sent a line, says `held` or the code of the refusal, and then stays until it is killed or its input ends.
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

const [modulePath, dataDir] = process.argv.slice(2);
const { lockDataDirectory } = await import(pathToFileURL(modulePath).href);

console.log('ready');
await once(process.stdin, 'data');
console.log(
  await lockDataDirectory(dataDir, () => {}).then(
    () => 'held',
    (fault) => fault.code ?? fault.message,
  ),
);
await once(process.stdin, 'end');
