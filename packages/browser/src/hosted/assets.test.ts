import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { hostedAssets } from './assets.js';

for (const { path, body } of hostedAssets()) {
  test(`${path} has the hash of its content in its path`, () => {
    const hash = createHash('sha256').update(body).digest('hex');
    expect(path).toMatch(/^\/assets\/[a-z]+-[0-9a-f]{16}\.(css|svg)$/);
    expect(hash.startsWith(path.match(/-([0-9a-f]+)\./)?.[1] ?? 'none')).toBe(true);
  });

  test(`${path} loads nothing from anywhere`, () => {
    expect(body.toString()).not.toMatch(/url\(|@import|@font-face|<script|href=/);
  });
}

test('the assets weigh under 8 kB together, compressed', () => {
  const bytes = hostedAssets().reduce((sum, { body }) => sum + gzipSync(body).length, 0);
  expect(bytes).toBeLessThan(8_000);
});
