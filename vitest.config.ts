import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests import the packages' sources, so that a failing line is the line in the editor. Tests under `tests/` that
// start real processes run what `npm run build` made.
const conditions = ['onfile-source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Tests mostly wait: for servers that start, browsers that draw, processors that hang on purpose.
    maxWorkers: Math.max(3, availableParallelism() - 1),
  },
});
