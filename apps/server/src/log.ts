import { passesLuhn } from '@onfile/core';
import { pino } from 'pino';
import type { LogLevel } from './config.js';

/**
 * Every event that may be logged, with its fields. Nothing else gets into a log: fields that are not declared here are
 * dropped, whatever the caller passes.
 */
const EVENTS = {
  'server.starting': { level: 'info', fields: { role: 'text', version: 'text', node: 'text' } },
  'server.node_out_of_support': { level: 'warn', fields: { node: 'text', advice: 'text' } },
  'server.unsafe_setting': { level: 'warn', fields: { advice: 'text' } },
  'server.listening': { level: 'info', fields: { origin: 'text', url: 'text' } },
  'server.stopping': { level: 'info', fields: { reason: 'text' } },
  'server.stopped': { level: 'info', fields: { durationMs: 'number' } },
  'server.stop_unfinished': { level: 'warn', fields: { what: 'text', waitedMs: 'number' } },
  'database.starting': { level: 'info', fields: { kind: 'text', directory: 'text' } },
  'database.ready': { level: 'info', fields: { kind: 'text', durationMs: 'number' } },
  'database.migrated': { level: 'info', fields: { name: 'text', durationMs: 'number' } },
  'database.supervised': {
    level: 'debug',
    fields: { step: 'text', pid: 'number', dataDir: 'text', movedTo: 'text', user: 'text', durationMs: 'number' },
  },
  'database.server_log': { level: 'debug', fields: { line: 'text' } },
  'database.connection_lost': { level: 'warn', fields: { code: 'text' } },
  'database.statement_retried': { level: 'debug', fields: { code: 'text', statement: 'text' } },
  'database.commit_looked_up': { level: 'warn', fields: {} },
  'vault.key_file_created': { level: 'info', fields: { path: 'text' } },
  'token_key.file_created': { level: 'info', fields: { path: 'text' } },
  'request.ended': {
    level: 'info',
    fields: {
      requestId: 'text',
      origin: 'text',
      method: 'text',
      route: 'text',
      status: 'number',
      durationMs: 'number',
      merchantId: 'text',
      mode: 'text',
      fault: 'text',
    },
  },
  'request.fault': {
    level: 'error',
    fields: { requestId: 'text', origin: 'text', method: 'text', route: 'text', ...errorFields() },
  },
  'connection.refused': { level: 'debug', fields: { origin: 'text', code: 'text', status: 'number' } },
  'job.ended': { level: 'debug', fields: { job: 'text', count: 'number', durationMs: 'number' } },
  'job.fault': { level: 'error', fields: { job: 'text', nextTryMs: 'number', ...errorFields() } },
  'limits.loosened': {
    level: 'warn',
    fields: { merchantId: 'text', mode: 'text', perHour: 'number', burst: 'number' },
  },
  'merchant.under_attack': { level: 'warn', fields: { merchantId: 'text', mode: 'text', advice: 'text' } },
  'webhook.endpoint_disabled': {
    level: 'warn',
    fields: { merchantId: 'text', mode: 'text', endpointId: 'text', reason: 'text' },
  },
  'worker.listening': { level: 'info', fields: { worker: 'number' } },
  'worker.ended': {
    level: 'warn',
    fields: { worker: 'number', code: 'number', signal: 'text', nextStartMs: 'number' },
  },
  'process.fault': { level: 'error', fields: { kind: 'text', ...errorFields() } },
} as const satisfies Record<string, EventDeclaration>;

interface EventDeclaration {
  readonly level: LogLevel;
  readonly fields: Readonly<Record<string, 'text' | 'number'>>;
}

function errorFields() {
  return { errorName: 'text', errorCode: 'text', errorStack: 'text', causeName: 'text', causeCode: 'text' } as const;
}

export type LogEventName = keyof typeof EVENTS;
type ValueOf<T> = T extends 'text' ? string : number;
export type LogFields<E extends LogEventName> = {
  readonly [F in keyof (typeof EVENTS)[E]['fields']]?: ValueOf<(typeof EVENTS)[E]['fields'][F]> | null;
};

export interface Log {
  write<E extends LogEventName>(event: E, fields: LogFields<E>): void;
  /** How many runs of digits that look like card numbers were masked in lines so far. More than 0 is a bug of ours. */
  maskedRuns(): number;
}

/** Writes each event as one line: JSON, or `pretty` for a person at a terminal. */
export function createLog(options: {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  /** Whether each line has this process's `pid`: for several that write to one stream. */
  readonly namesProcess?: boolean;
  readonly writeLine: (line: string) => void;
}): Log {
  let masked = 0;
  const destination = {
    write(line: string) {
      const safe = maskCardNumbers(line);
      masked += safe.count;
      options.writeLine(options.format === 'json' ? safe.text : prettyLine(safe.text));
    },
  };
  const logger = pino(
    {
      level: options.level,
      base: options.namesProcess === true ? { pid: process.pid } : null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );

  return {
    write(event, fields) {
      const declared = EVENTS[event];
      if (logger.isLevelEnabled(declared.level)) logger[declared.level]({ event, ...keepDeclared(declared, fields) });
    },
    maskedRuns: () => masked,
  };
}

/** What may be logged of an error: its name, code and stack frames, and those of its cause. Never its message, which can quote values. */
export function describeError(error: unknown): LogFields<'process.fault'> {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const cause = error.cause instanceof Error ? error.cause : null;
  return {
    errorName: error.name,
    errorCode: codeOf(error),
    errorStack: framesOf(error),
    causeName: cause?.name ?? null,
    causeCode: cause === null ? null : codeOf(cause),
  };
}

function codeOf(error: Error): string | null {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : null;
}

function framesOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

function keepDeclared(declared: EventDeclaration, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(declared.fields)) {
    const value = fields[name];
    if (typeof value === (type === 'text' ? 'string' : 'number')) kept[name] = value;
  }
  return kept;
}

const DIGIT_RUN = /\d{13,}/g;
const CARD_NUMBER_LENGTH_MAX = 19;

/** The last net: a run of digits that could be a card number becomes `[masked]`, wherever it came from. */
export function maskCardNumbers(text: string): { readonly text: string; readonly count: number } {
  let count = 0;
  const safe = text.replace(DIGIT_RUN, (run) => {
    if (run.length <= CARD_NUMBER_LENGTH_MAX && !passesLuhn(Array.from(run, Number))) return run;
    count += 1;
    return '[masked]';
  });
  return { text: safe, count };
}

function prettyLine(line: string): string {
  const { time, level, event, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const { errorStack, ...shown } = fields;
  const details = Object.entries(shown).map(([name, value]) => `${name}=${value}`);
  const head = `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${event}`;
  const stack = typeof errorStack === 'string' && errorStack !== '' ? `\n${errorStack}` : '';
  return `${[head, ...details].join(' ')}${stack}\n`;
}
