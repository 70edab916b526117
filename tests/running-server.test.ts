import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningOnfile, startOnfile } from './running-server.js';

let onfile: RunningOnfile;
beforeAll(async () => {
  onfile = await startOnfile();
});
afterAll(() => onfile?.stop());

describe('a running server', () => {
  test('lives, is ready, and tells how it does as OpenMetrics', async () => {
    expect(await (await fetch(`${onfile.apiUrl}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${onfile.apiUrl}/readyz`)).json()).toEqual({ status: 'ready' });
    const metrics = await fetch(`${onfile.apiUrl}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('application/openmetrics-text');
    const text = await metrics.text();
    expect(text).toContain('onfile_http_requests_total{origin="api",method="GET",route="/healthz",status="200"} 1');
    expect(text.endsWith('# EOF\n')).toBe(true);
  });

  test('logs a request by its route and never by its address', async () => {
    await fetch(`${onfile.vaultUrl}/setup/cs_nosuchsession?client_secret=verysecret`);
    const line = onfile.logs.find((logged) => logged.includes('"route":"/setup/:id"')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ event: 'request.ended', origin: 'vault', method: 'GET', status: 404 });
    expect(onfile.logs.join()).not.toMatch(/verysecret|nosuchsession/);
  });
});
