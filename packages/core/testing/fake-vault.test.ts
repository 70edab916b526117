import { FakeVault } from './fake-vault.js';
import { CONTRACT_STARTS_AT, vaultContract } from './vault-contract.js';

vaultContract('the fake vault', async () => {
  let now = CONTRACT_STARTS_AT;
  const received: string[] = [];
  const vault = new FakeVault({ now: () => now });
  vault.answer = ({ url }, body) => {
    if (url.includes('unreachable')) return { kind: 'not_sent', reason: 'unreachable' };
    if (url.includes('breaking')) return { kind: 'unknown', reason: 'broken off' };
    received.push(body);
    const headers = { 'x-processor': 'contract' };
    return { kind: 'answered', status: 200, headers, body: new TextEncoder().encode('{"status":"approved"}') };
  };
  return {
    vault,
    enter: (card) => vault.enter(card),
    discard: (reference) => vault.discard(reference),
    advance: (ms) => {
      now += ms;
    },
    answeringUrl: 'http://processor.test/answering',
    breakingUrl: 'http://processor.test/breaking',
    unreachableUrl: 'http://processor.test/unreachable',
    received: () => received,
    close: async () => {},
  };
});
