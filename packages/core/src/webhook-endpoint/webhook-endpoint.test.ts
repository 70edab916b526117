import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderSigningSecret } from './webhook-endpoint.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

test('a signing secret is whsec_ and the one base64 form of 32 bytes, which keeps what was derived', () => {
  const derived = fc.string({ unit: fc.constantFrom(...BASE62), minLength: 43, maxLength: 43 });
  fc.assert(
    fc.property(derived, (text) => {
      const secret = renderSigningSecret(text);
      const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
      expect(bytes).toHaveLength(32);
      expect(`whsec_${bytes.toString('base64')}`).toBe(secret);
      expect(secret.slice('whsec_'.length, -2)).toBe(text.slice(0, 42));
    }),
  );
});
