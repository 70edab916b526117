import type { Search } from '../leaks-search.js';
import type { Altered } from './alter.js';

export interface Answer {
  /** `null`: the connection ended, or nothing came while the server waited for more of the request. */
  readonly status: number | null;
  readonly contentType: string;
  readonly text: string;
}

/** What is wrong with an answer, or `null`. */
export function problemOf({ method, address, head }: Altered, answer: Answer, search: Search): string | null {
  const { status, text } = answer;
  if (status === null) return head === null ? 'no answer' : null;
  const [leak] = search(Buffer.from(text));
  if (leak !== undefined) return `the answer holds ${leak.what}`;
  if (status >= 500) return `status ${status}`;
  if (status < 400 || method === 'HEAD') return null;
  const shapes = head === null ? [shapeAt(address)] : Object.values(SHAPES);
  return shapes.some((has) => has(answer))
    ? null
    : `status ${status} in another shape than its path's: ${text.slice(0, 200)}`;
}

type Shape = (answer: Answer) => boolean;

const isProblem: Shape = ({ status, contentType, text }) => {
  const body = parse(text);
  const isWhole =
    body?.status === status && ['type', 'title', 'code'].every((name) => typeof body?.[name] === 'string');
  return contentType.startsWith('application/problem+json') && isWhole;
};

/** Of paths that belong to no dialect. */
const isOwnProblem: Shape = ({ status, contentType, text }) => {
  const body = parse(text);
  const isWhole = body?.status === status && typeof body.code === 'string' && typeof body.title === 'string';
  return contentType.startsWith('application/problem+json') && isWhole;
};

const SHAPES = {
  payjp: isProblem,
  own: isOwnProblem,
  toast: ({ status, contentType, text }) => {
    const body = parse(text);
    return contentType.startsWith('application/json') && body?.status === status && typeof body?.message === 'string';
  },
  // This API has two of its fields as texts.
  toastLogin: ({ status, text }) => parse(text)?.status === String(status),
  operator: ({ contentType, text }) => {
    const { code, message } = (parse(text)?.error ?? {}) as Record<string, unknown>;
    return contentType.startsWith('application/json') && typeof code === 'string' && typeof message === 'string';
  },
  page: (answer) =>
    /^text\/(html|plain|javascript)/.test(answer.contentType) || isPageAnswer(answer) || isOwnProblem(answer),
} as const satisfies Record<string, Shape>;

/** What the hosted page's own script asks for. */
function isPageAnswer({ contentType, text }: Answer): boolean {
  return /\+json/.test(contentType) && typeof parse(text)?.kind === 'string';
}

function shapeAt(address: string): Shape {
  if (/^\/\/?v2(\/|\?|$)/.test(address)) return SHAPES.payjp;
  if (/^\/\/?v1(\/|\?|$)/.test(address)) return SHAPES.toast;
  if (/^\/\/?operator(\/|\?|$)/.test(address)) return SHAPES.operator;
  if (/^\/\/?authentication(\/|\?|$)/.test(address)) {
    return (answer) => SHAPES.toastLogin(answer) || SHAPES.toast(answer) || SHAPES.page(answer);
  }
  return SHAPES.page;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
