import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';

/** What lies between the servers and PostgreSQL: whole, gone, or silent with every connection still open. */
export type Line = 'whole' | 'gone' | 'silent';

/** A network that a test breaks, before a PostgreSQL behind a Unix socket. */
export interface FaultyProxy {
  readonly url: string;
  /** `gone` ends all connections. What was open while the line was silent is reset when it is whole again. */
  setLine(line: Line): void;
  /** Resets so many of the next connections over which a commit is sent, each before or after PostgreSQL had it. */
  resetCommits(count: number, isBefore: () => boolean): void;
  /** How many commits of those have met their reset. */
  readonly resets: number;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  wasSilenced: boolean;
  losesAnswer: boolean;
}

/** Only commits write events, and each is one statement, which PostgreSQL commits by itself. */
const COMMIT = 'INSERT INTO events';
const STATEMENT_NAME = /onfile_[0-9a-f]{24}/g;

export async function startFaultyProxy({ host, port, user, database }: ClientConfig): Promise<FaultyProxy> {
  const socketPath = join(host ?? '', `.s.PGSQL.${port}`);
  const pairs = new Set<Pair>();
  const commits = new Set<string>();
  let line: Line = 'whole';
  let resetsLeft = 0;
  let resets = 0;
  let isBefore = () => true;

  const end = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.upstream.destroy();
  };

  const server = createServer((client) => {
    const pair: Pair = { client, upstream: connect(socketPath), wasSilenced: line === 'silent', losesAnswer: false };
    pairs.add(pair);
    for (const socket of [client, pair.upstream]) {
      socket.on('error', () => end(pair));
      socket.on('close', () => end(pair));
    }
    client.on('data', (bytes) => {
      if (line === 'silent') return;
      // Looked at always: the names of commits are learned where they are prepared.
      if (isCommit(bytes) && resetsLeft > 0) {
        resetsLeft -= 1;
        resets += 1;
        if (isBefore()) return end(pair);
        pair.losesAnswer = true;
      }
      pair.upstream.write(bytes);
    });
    pair.upstream.on('data', (bytes) => {
      if (line === 'silent') return;
      if (pair.losesAnswer) end(pair);
      else client.write(bytes);
    });
    if (line === 'gone') end(pair);
  });

  function isCommit(bytes: Buffer): boolean {
    const text = bytes.toString('latin1');
    const names = text.match(STATEMENT_NAME) ?? [];
    if (text.includes(COMMIT)) for (const name of names) commits.add(name);
    return text.includes(COMMIT) || names.some((name) => commits.has(name));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `postgres://${user}@127.0.0.1:${address.port}/${database}`,
    setLine(wanted) {
      line = wanted;
      for (const pair of pairs) {
        if (wanted === 'silent') pair.wasSilenced = true;
        else if (wanted === 'gone' || pair.wasSilenced) end(pair);
      }
    },
    resetCommits(count, draw) {
      resetsLeft = count;
      isBefore = draw;
    },
    get resets() {
      return resets;
    },
    async close() {
      for (const pair of pairs) end(pair);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
