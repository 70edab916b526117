import { CommandFault, EXIT_CODES } from '../output.js';

export interface Question {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const TIMEOUT_MS = 30_000;

/** One request. Whatever was answered is an answer; a {@link CommandFault} says that nobody did. */
export async function ask({ method = 'GET', url, headers = {}, body, signal, timeoutMs }: Question): Promise<Answer> {
  const limit = AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method,
      headers: { 'user-agent': 'onfile-cli', ...headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new CommandFault(explain(cause, url), EXIT_CODES.unreachable, { cause });
  }
}

function explain(cause: unknown, address: string): string {
  const { origin } = new URL(address);
  const code = networkFaultOf(cause);
  if (code === 'timeout') return `${origin} did not answer in time. Look at its log, or ask again.`;
  return `Nothing answers at ${origin} (${code}). Is it running? On this machine: onfile dev`;
}

/** The operating system's word for why there is no answer, such as `ECONNREFUSED`; `timeout` when it took too long. */
export function networkFaultOf(fault: unknown): string {
  if (fault instanceof Error && fault.name === 'TimeoutError') return 'timeout';
  const { cause } = fault as { cause?: { code?: unknown; errors?: readonly { code?: unknown }[] } };
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  return typeof code === 'string' ? code : 'no connection';
}
