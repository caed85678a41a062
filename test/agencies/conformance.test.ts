import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatReport, runConformance } from '../../agencies/conformance.ts';
import { startAgencies } from '../../sandbox/agencies/server.ts';
import { SECRET } from './requests.ts';

let dataDir: string;
let sandbox: Awaited<ReturnType<typeof startAgencies>>;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'one-matter-conformance-'));
  const agencies = [{ id: 'police', secret: SECRET }];
  sandbox = await startAgencies({ port: 0, dataDir, agencies, apiUrl: 'http://127.0.0.1:1' });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(dataDir, { recursive: true });
});

const check = async (behaviour: object, secret = SECRET) => {
  await fetch(`${sandbox.url}/sandbox/agencies/police/behaviour`, { method: 'PUT', body: JSON.stringify(behaviour) });
  return runConformance(sandbox.urlOf('police'), { secret, waitMs: 2000 });
};

const listFailures = ({ checks }: Awaited<ReturnType<typeof check>>) =>
  checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);

describe('the conformance kit', () => {
  it('passes an agency that calls back', async () => {
    const report = await check({ mode: 'callback', delayMs: 10 });
    expect(report.checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'submit-repeat passed',
      'signature-wrong passed',
      'signature-elsewhere passed',
      'timestamp-outside passed',
      'callback passed',
      'unknown-fields passed',
      'malformed passed',
      'enquiry passed',
      'undo-repeat passed',
      'undo-before-submit passed',
    ]);
    expect(report.passed).toBe(true);
  });

  it('passes an agency that decides at once, without a callback', async () => {
    const report = await check({ mode: 'decide' });
    expect([report.passed, report.checks.find(({ id }) => id === 'callback')?.verdict]).toEqual([true, 'skipped']);
  });

  it('passes an agency that cannot undo', async () => {
    expect(listFailures(await check({ mode: 'stands', delayMs: 10 }))).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['ignores the key and decides at once', { mode: 'decide', keyless: true }, ['submit-repeat', 'undo-before-submit']],
    [
      'ignores the key and calls back',
      { mode: 'callback', delayMs: 10, keyless: true },
      ['callback', 'undo-before-submit'],
    ],
    ['never calls back', { mode: 'hold' }, ['callback']],
    ['rejects what is right', { mode: 'reject' }, ['submit-repeat', 'callback', 'unknown-fields', 'enquiry']],
  ])('fails an agency that %s', async (_, behaviour, expected) => {
    expect(listFailures(await check(behaviour))).toEqual(expect.arrayContaining(expected));
  });

  it.each([{ mode: 'garbage' }, { mode: 'error' }, { mode: 'down' }])(
    'fails an agency in mode %j',
    async (behaviour) => {
      expect((await check(behaviour)).passed).toBe(false);
    },
  );

  it('fails an agency that does not look at signatures', async () => {
    const lax = createServer((_request, response) => response.writeHead(202).end()).listen(0, '127.0.0.1');
    await once(lax, 'listening');
    const report = await runConformance(`http://127.0.0.1:${(lax.address() as AddressInfo).port}`, {
      secret: SECRET,
      waitMs: 10,
    });
    lax.closeAllConnections();
    lax.close();
    expect(listFailures(report)).toEqual(
      expect.arrayContaining(['signature-wrong', 'signature-elsewhere', 'timestamp-outside', 'malformed']),
    );
  });

  it('fails everything under another secret', async () => {
    const other = `whsec_${Buffer.alloc(32, 'other').toString('base64')}`;
    expect(listFailures(await check({ mode: 'decide' }, other))).toContain('submit-repeat');
  });

  it('prints one line a check, in Chinese or English', async () => {
    const report = await check({ mode: 'hold' });
    const english = formatReport(report, 'en');
    expect(english).toMatch(/✔ A wrong signature is refused and has no effect \(signature-wrong, \d+ ms\)/);
    expect(english).toMatch(/✘ After 202 .* — no callback within 2000 ms/);
    expect(english).toMatch(/does not conform: 1 failed$/);
    expect(formatReport(report, 'zh')).toMatch(/✔ 签名错误的请求被拒绝且不生效/);
  });
});
