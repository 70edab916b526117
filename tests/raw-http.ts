import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the server ended the connection after this answer, without being asked to. */
  readonly isClosed: boolean;
}

/** Bytes as they are, over a connection of their own, for requests that no HTTP client would send. */
export async function sendRaw(url: string, ...parts: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  let received = '';
  let isClosed = false;
  const ended = once(socket, 'close').then(() => {
    isClosed = true;
  });
  const answered = new Promise<void>((resolve) => {
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
      if (isWhole(received)) resolve();
    });
  });
  for (const part of parts) socket.write(part);
  await Promise.race([answered, ended]);
  // An answer that announces the end is followed by it; any other leaves the connection open.
  if (/\r\nconnection: close\r\n/i.test(received)) await ended;
  socket.destroy();
  return { ...parse(received), isClosed };
}

/** A request in text, with the length of its body. */
export function requestText(
  method: string,
  path: string,
  { headers = {}, body = '' }: { headers?: Readonly<Record<string, string>>; body?: string | Uint8Array } = {},
): Buffer {
  const lines = Object.entries({ host: 'test', 'content-length': String(Buffer.byteLength(body)), ...headers });
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

function isWhole(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(received.slice(0, headEnd + 2))?.[1];
  return length !== undefined && received.length >= headEnd + 4 + Number(length);
}

function parse(received: string): Omit<RawAnswer, 'isClosed'> {
  const headEnd = received.indexOf('\r\n\r\n');
  const [first = '', ...lines] = received.slice(0, headEnd).split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: Buffer.from(received.slice(headEnd + 4), 'latin1').toString('utf8'),
  };
}
