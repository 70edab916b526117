import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

// Tests import the packages' sources, so that a failing line is the line in the editor. Tests under `tests/` that
// start real processes run what `npm run build` made.
const conditions = ['onfile-source', 'node'];

/** Those of parts that start servers or browsers of their own, and take as long as tests of the whole system. */
const long = ['packages/**/*.browser.test.ts', 'packages/storage/src/embedded/*.test.ts'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests mostly wait: for servers that start, browsers that draw, processors that hang on purpose.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        // Files of one worker share what they import, which takes longer than most of them.
        test: {
          name: 'parts',
          include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...long],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'system', include: ['tests/**/*.test.ts', ...long] } },
    ],
  },
});
