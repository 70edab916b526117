import type { Profiler } from 'node:inspector';
import { describe, expect, test } from 'vitest';
import { renderFlameGraph } from './flame-graph.js';
import { type Frame, foldProfile, sharesOfGroups } from './fold-profile.js';

const HERE = 'file:///home/somebody/onfile';
const CORE = `${HERE}/packages/core/dist/confirm.js`;
const PG = `${HERE}/node_modules/pg/lib/client.js`;

describe('a profile, folded', () => {
  test('has each function once below each caller, with its own time and that of all below', () => {
    const all = foldProfile(aProfile());
    expect(shown(all)).toEqual([
      'all 0 10000',
      '  confirm 1000 7000',
      '    query 2000 6000',
      '      writev 4000 4000',
      '  (garbage collector) 3000 3000',
    ]);
  });

  test('leaves out what was idle, and time that ran backwards', () => {
    const profile = aProfile();
    const stepped = { ...profile, timeDeltas: profile.timeDeltas?.map((us, place) => (place === 1 ? -us : us)) ?? [] };
    expect(foldProfile(stepped).totalUs).toBe(9_000);
  });

  test('tells what each package took itself, and what Node did for it', () => {
    expect(sharesOfGroups(foldProfile(aProfile()))).toEqual([
      { group: 'native code', own: 0.4, charged: 0 },
      { group: 'garbage collection', own: 0.3, charged: 0.3 },
      { group: 'pg', own: 0.2, charged: 0.6 },
      { group: '@onfile/core', own: 0.1, charged: 0.1 },
    ]);
  });

  const places = [
    // url                                               group
    [CORE, '@onfile/core'],
    [`${HERE}/apps/server/dist/http/origin.js`, '@onfile/server'],
    [PG, 'pg'],
    [`${HERE}/node_modules/a/node_modules/@b/c/index.js`, '@b/c'],
    ['node:internal/streams/writable', 'node: internals'],
    ['', 'native code'],
    ['evalmachine.<anonymous>', 'others'],
  ] as const;
  for (const [url, group] of places) {
    test(`counts ${url === '' ? 'what has no address' : url} as ${group}`, () => {
      const nodes = [aNode(1, '(root)', '', [2]), aNode(2, 'one', url, [])];
      const all = foldProfile({ nodes, startTime: 0, endTime: 2, samples: [2, 2], timeDeltas: [0, 1] });
      expect(sharesOfGroups(all)).toEqual([{ group, own: 1, charged: 1 }]);
    });
  }
});

describe('a flame graph', () => {
  const picture = renderFlameGraph(foldProfile(aProfile()), 'Under <load>');

  test('draws what is called below who calls it, and as wide as its time', () => {
    expect(boxOf('confirm')).toEqual({ x: 10, width: 826 });
    expect(boxOf('query')).toEqual({ x: 10, width: 708 });
    expect(boxOf('writev')).toEqual({ x: 10, width: 472 });
    expect(boxOf('(garbage collector)')).toEqual({ x: 836, width: 354 });
    expect(topOf('query') - topOf('confirm')).toBe(topOf('confirm') - topOf('all'));
  });

  test('tells each share, and is XML whatever functions are called', () => {
    expect(picture).toContain('<title>query, 60.0 %, node_modules/pg/lib/client.js:1</title>');
    expect(picture).toContain('Under &lt;load&gt;');
    expect(picture).toContain('pg 20.0 %');
    expect(picture.match(/<g>/g)).toHaveLength(picture.match(/<\/g>/g)?.length ?? 0);
  });

  function boxOf(name: string) {
    const [, x, width] = rectOf(name, /<rect x="([\d.]+)" y="\d+" width="([\d.]+)"/);
    return { x: Number(x), width: Number(width) };
  }

  function topOf(name: string): number {
    return Number(rectOf(name, /y="(\d+)"/)[1]);
  }

  function rectOf(name: string, pattern: RegExp): readonly string[] {
    const line = picture.split('\n').find((each) => each.startsWith(`<g><title>${name},`)) ?? '';
    return pattern.exec(line) ?? [];
  }
});

/** Core asks pg, which writes, from two places; then garbage is collected, and nothing happens. */
function aProfile(): Profiler.Profile {
  return {
    nodes: [
      aNode(1, '(root)', '', [2, 5, 6, 7]),
      aNode(2, 'confirm', CORE, [3]),
      aNode(3, 'query', PG, [4]),
      aNode(4, 'writev', '', []),
      aNode(5, '(garbage collector)', '', []),
      aNode(6, '(idle)', '', []),
      aNode(7, 'confirm', CORE, [8]),
      aNode(8, 'query', PG, []),
    ],
    startTime: 0,
    endTime: 60_000,
    samples: [2, 3, 4, 5, 6, 8, 1],
    timeDeltas: [7, 1_000, 1_500, 4_000, 3_000, 50_000, 500],
  };
}

function aNode(id: number, functionName: string, url: string, children: number[]): Profiler.ProfileNode {
  return { id, callFrame: { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 }, children };
}

function shown(frame: Frame, depth = 0): readonly string[] {
  const line = `${'  '.repeat(depth)}${frame.name} ${frame.selfUs} ${frame.totalUs}`;
  return [line, ...[...frame.children.values()].flatMap((child) => shown(child, depth + 1))];
}
