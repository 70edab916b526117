import type { Profiler } from 'node:inspector';

/** A function, as called by the functions above it; frames that a profile lists apart for one function are one. */
export interface Frame {
  readonly name: string;
  /** The file and line, or an empty text for what is no JavaScript. */
  readonly place: string;
  readonly group: string;
  /** Time in itself, in microseconds. */
  selfUs: number;
  /** With all that it called. */
  totalUs: number;
  readonly children: Map<string, Frame>;
}

/** The frame that stands for the whole process, without the time in which it had nothing to do. */
export function foldProfile({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Frame {
  const selfUs = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    // A sample holds until the next one; clocks may step back.
    selfUs.set(id, (selfUs.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0));
  }
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const first = nodes[0];
  if (first === undefined) throw new Error('A profile has at least one node');
  const all: Frame = { name: 'all', place: '', group: NATIVE, selfUs: 0, totalUs: 0, children: new Map() };
  for (const child of first.children ?? []) add(child, all);
  all.totalUs = totalOf(all);
  return all;

  function add(id: number, parent: Frame): void {
    const node = nodeOf.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)') return;
    const frame = childOf(parent, node.callFrame);
    frame.selfUs += selfUs.get(id) ?? 0;
    for (const child of node.children ?? []) add(child, frame);
  }
}

export interface GroupShare {
  readonly group: string;
  /** Part of all time that its own functions took, 0 to 1. */
  readonly own: number;
  /** The same with what Node and native code did for it: each of these is counted for the package that called it last. */
  readonly charged: number;
}

/** The largest first; Node and native code keep what nobody's package called. */
export function sharesOfGroups(all: Frame): readonly GroupShare[] {
  const own = new Map<string, number>();
  const charged = new Map<string, number>();
  const count = (frame: Frame, caller: string | null) => {
    const owner = isOfNode(frame) ? caller : frame.group;
    own.set(frame.group, (own.get(frame.group) ?? 0) + frame.selfUs);
    charged.set(owner ?? frame.group, (charged.get(owner ?? frame.group) ?? 0) + frame.selfUs);
    for (const child of frame.children.values()) count(child, owner);
  };
  count(all, null);
  const part = (us = 0) => us / all.totalUs;
  return [...own.keys()]
    .map((group) => ({ group, own: part(own.get(group)), charged: part(charged.get(group)) }))
    .filter((share) => share.own > 0 || share.charged > 0)
    .sort((a, b) => b.own - a.own);
}

const NATIVE = 'native code';
const NODE = 'node: internals';

function isOfNode({ group }: Frame): boolean {
  return group === NATIVE || group === NODE;
}

function childOf(parent: Frame, { functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): Frame {
  const name = functionName || '(anonymous)';
  const place =
    url === '' ? '' : `${url.replace(/^.*\/(?=(?:packages|apps|bench|node_modules)\/)/, '')}:${lineNumber + 1}`;
  const key = `${name} ${place}`;
  const known = parent.children.get(key);
  if (known) return known;
  const frame = { name, place, group: groupOf(functionName, url), selfUs: 0, totalUs: 0, children: new Map() };
  parent.children.set(key, frame);
  return frame;
}

/** The package that a function is in. What V8 and Node do outside of JavaScript, the kernel's part included, is native code. */
function groupOf(functionName: string, url: string): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '') return NATIVE;
  if (url.startsWith('node:')) return NODE;
  const installed = url.split('/node_modules/').at(-1);
  const [, name] = (installed !== url && /^((?:@[^/]+\/)?[^/]+)\//.exec(installed ?? '')) || [];
  if (name !== undefined) return name;
  const [, ours] = /\/(?:packages|apps)\/([^/]+)\//.exec(url) ?? [];
  return ours === undefined ? 'others' : `@onfile/${ours}`;
}

function totalOf(frame: Frame): number {
  frame.totalUs = frame.selfUs;
  for (const child of frame.children.values()) frame.totalUs += totalOf(child);
  return frame.totalUs;
}
