import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeForAgencies } from './agency-description.ts';
import { openApi, type Api } from './harness.ts';

const run = promisify(execFile);

let api: Api;
let folder: string;
beforeAll(async () => {
  api = await openApi();
  folder = await mkdtemp(join(tmpdir(), 'one-matter-openapi-'));
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const describeApi = async () => (await api.call('GET', '/api/openapi.json')).body;

const AGENCY_FILE = fileURLToPath(new URL('../../docs/agency-openapi.json', import.meta.url));

/** What the linter finds in a description. */
const lint = async (description: unknown): Promise<string[]> => {
  const file = join(folder, 'openapi.json');
  await writeFile(file, JSON.stringify(description));
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const cli = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');
  const { stdout } = await run(process.execPath, [cli, 'lint', file, '--extends', 'recommended', '--format', 'json'], {
    env,
  }).catch((error: unknown) => error as { stdout: string });
  const { problems } = JSON.parse(stdout) as {
    problems: { ruleId: string; location: { pointer: string }[]; message: string }[];
  };
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`);
};

describe('the description of the API', () => {
  it('is OpenAPI 3.1 without a finding of the linter', async () => {
    expect(await lint(await describeApi())).toEqual([]);
  });

  it('has every interface of the design', async () => {
    const { openapi, paths } = await describeApi();
    expect(openapi).toBe('3.1.0');
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(served.sort()).toEqual(
      [
        'get /api/v1/matters',
        'get /api/v1/matters/{code}',
        'post /api/v1/cases',
        'get /api/v1/cases',
        'post /api/v1/cases/search',
        'get /api/v1/cases/{caseId}',
        'get /api/v1/cases/{caseId}/clock',
        'get /api/v1/cases/{caseId}/events',
        'post /api/v1/cases/{caseId}/supplements/{noticeId}/answer',
        'post /api/v1/cases/{caseId}/supplements/{noticeId}/answer/preview',
        'get /api/v1/cases/{caseId}/withdrawal/confirmation',
        'post /api/v1/cases/{caseId}/supplements',
        'post /api/v1/cases/{caseId}/pledge/materials',
        'post /api/v1/cases/{caseId}/corrections/preview',
        'post /api/v1/cases/{caseId}/corrections',
        'post /api/v1/cases/{caseId}/termination',
        'get /api/v1/cases/{caseId}/withdrawal',
        'post /api/v1/cases/{caseId}/withdrawal',
        'get /agency/v1/decisions',
        'get /agency/v1/tasks',
        'get /agency/v1/tasks/{requestId}',
        'post /agency/v1/tasks/{requestId}/claim',
        'post /agency/v1/tasks/{requestId}/release',
        'post /agency/v1/tasks/{requestId}/draft',
        'post /agency/v1/tasks/{requestId}/decision',
        'post /agency/v1/tasks/{requestId}/progress',
        'post /agency/v1/tasks/{requestId}/suspension',
        'post /agency/v1/tasks/{requestId}/resumption',
        'post /api/v1/cases/{caseId}/steps/{stepId}/resend',
        'post /api/v1/cases/{caseId}/steps/{stepId}/urge',
        'post /api/v1/cases/{caseId}/steps/{stepId}/extend',
        'post /api/v1/cases/{caseId}/steps/{stepId}/suspend',
        'post /api/v1/cases/{caseId}/steps/{stepId}/resume',
        'post /api/v1/cases/{caseId}/steps/{stepId}/reassign',
        'post /api/v1/cases/{caseId}/steps/{stepId}/redo',
        'post /api/v1/cases/{caseId}/steps/{stepId}/keep',
        'post /api/v1/cases/{caseId}/steps/{stepId}/confirm',
        'post /api/v1/cases/{caseId}/steps/{stepId}/decide',
        'post /api/v1/cases/{caseId}/steps/{stepId}/settle-undo',
        'post /api/v1/cases/{caseId}/steps/{stepId}/retry-undo',
        'get /api/v1/cases/{caseId}/ledger',
        'get /api/v1/cases/{caseId}/reads',
        'post /api/v1/cases/{caseId}/steps/{stepId}/supervision-orders',
        'get /api/v1/supervision-orders',
        'get /api/v1/supervision-orders/{orderId}',
        ...['answer', 'contest', 'close', 'return', 'uphold', 'reject', 'circulate', 'lift'].map(
          (action) => `post /api/v1/supervision-orders/{orderId}/${action}`,
        ),
        'get /api/v1/reports/supervision-orders',
        'post /api/v1/exports',
        'get /api/v1/reports/time',
        'get /api/v1/reports/value',
        'get /api/v1/reports/daily',
        'post /api/v1/bulk',
        'get /api/v1/bulk',
        'get /api/v1/bulk/{bulkId}',
        'get /api/v1/bulk/{bulkId}/items',
        ...['start', 'confirm', 'pause', 'resume', 'stop'].map((verb) => `post /api/v1/bulk/{bulkId}/${verb}`),
        'get /api/v1/agencies',
        'get /api/v1/agencies/{agency}/absences',
        'post /api/v1/agencies/{agency}/absences',
        'post /api/v1/agencies/{agency}/absences/{absenceId}/end',
        'get /api/v1/agencies/{agency}/groups',
        'post /api/v1/agencies/{agency}/groups/{group}',
        'get /api/v1/incidents',
        'get /api/v1/resumptions',
        'post /api/v1/resumptions/confirm',
        'post /api/v1/cases/{caseId}/resumption',
        'post /api/v1/agencies/{agency}/incident',
        'post /api/v1/agencies/{agency}/incident/close',
        'get /api/v1/review-queue',
        'get /api/v1/cases/{caseId}/review-queue',
        'get /api/v1/cases/{caseId}/review-queue/{messageId}',
        'post /api/v1/cases/{caseId}/review-queue/{messageId}',
        'get /api/v1/stalls',
        'post /api/v1/cases/{caseId}/message-conflicts/{messageId}/dismissal',
        'post /public/v1/progress',
        'get /healthz',
        'get /readyz',
        'get /api/openapi.json',
      ].sort(),
    );
  });

  it('names the types of the files that an export answers with', async () => {
    const { paths } = await describeApi();
    for (const format of ['csv', 'xlsx']) {
      const body = { subject: 'cases', format };
      const { status, headers } = await api.call('POST', '/api/v1/exports', { token: api.tokens.supervisor, body });
      const [type = ''] = headers.get('content-type')!.split(';');
      expect([status, paths['/api/v1/exports']]).toMatchObject([
        200,
        { post: { responses: { 200: { content: { [type]: {} } }, 413: {}, 415: {} } } },
      ]);
    }
  });

  it('has every name of a schema once', async () => {
    const folders = ['contract', 'agencies', 'domain', 'api'];
    const files = await Promise.all(
      folders.map(async (inside) =>
        (await readdir(inside, { recursive: true }))
          .filter((file) => file.endsWith('.ts'))
          .map((file) => join(inside, file)),
      ),
    );
    const sources = await Promise.all(files.flat().map((file) => readFile(file, 'utf8')));
    const ids = sources.flatMap((source) => [...source.matchAll(/\bid: '([A-Z]\w+)'/g)].map(([, id = '']) => id));
    expect(ids.length).toBeGreaterThan(30);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('can be read on a page that loads nothing from other servers', async () => {
    const { status, text, headers } = await api.call('GET', '/api/docs/');
    expect(status).toBe(200);
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|https?:\/\//);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    const files = [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(files.sort()).toEqual(['docs.js', 'favicon-32x32.png', 'swagger-ui-bundle.js', 'swagger-ui.css']);
    for (const file of files) expect((await api.call('GET', `/api/docs/${file}`)).status, file).toBe(200);
    for (const file of ['package.json', 'README.md', 'swagger-ui-bundle.js.map'])
      expect((await api.call('GET', `/api/docs/${file}`)).status, file).toBe(404);
  });
});

describe('the description for agencies', () => {
  it('is the file in docs, made from the contract and from the description of the API', async () => {
    const options = await resolveConfig(AGENCY_FILE);
    const text = JSON.stringify(describeForAgencies(await describeApi()));
    await expect(await format(text, { ...options, filepath: AGENCY_FILE })).toMatchFileSnapshot(AGENCY_FILE);
  });

  it('is OpenAPI 3.1 without a finding of the linter', async () => {
    expect(await lint(describeForAgencies(await describeApi()))).toEqual([]);
  });
});
