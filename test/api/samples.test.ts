import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { publishMatter } from '../../db/registry/matters.ts';
import { loadCatalog } from '../../domain/authoring/load-catalog.ts';
import { createInventor } from '../../domain/form/invented.ts';
import { openApi, type Api } from './harness.ts';

interface Sample {
  title: { en: string };
  request: Record<string, unknown>;
  expect: {
    steps?: string[];
    problems?: { path: string; rule: string }[];
    warnings?: { path: string; rule: string }[];
  };
}

const SAMPLES = readdirSync('catalog', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.includes('/samples/'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, ...(JSON.parse(readFileSync(`catalog/${file}`, 'utf8')) as Sample) }));

/** The samples share their persons, and would be duplicates of each other. */
const invent = createInventor();

let api: Api;
beforeAll(async () => {
  api = await openApi();
  const catalog = await loadCatalog('catalog');
  if (!catalog.ok) throw new Error(JSON.stringify(catalog.problems));
  for (const { matter, hash } of catalog.matters) await publishMatter(api.pool, { matter, hash, by: 'test' });
});
afterAll(() => api.close());

const submit = (body: unknown) =>
  api.call('POST', '/api/v1/cases', { token: api.tokens.admin, body, headers: { 'idempotency-key': uuidv7() } });

describe('the samples of the catalog', () => {
  it.each(SAMPLES.filter((sample) => sample.expect.problems))(
    '$file is refused for what is wrong with it',
    async (sample) => {
      const { status, body } = await submit(sample.request);
      expect([status, body.code]).toEqual([400, 'FORM_INVALID']);
      const found = body.errors.map(({ path, rule }) => ({ path, rule }));
      expect(found).toEqual(expect.arrayContaining(sample.expect.problems!));
      expect(found).toHaveLength(sample.expect.problems!.length);
    },
  );

  it.each(SAMPLES.filter((sample) => !sample.expect.problems && sample.expect.warnings))(
    '$file is refused until what is unusual about it is confirmed',
    async (sample) => {
      const request = JSON.parse(invent(JSON.stringify(sample.request))) as Record<string, unknown>;
      const { status, body } = await submit(request);
      expect([status, body.code]).toEqual([409, 'FORM_UNCONFIRMED']);
      const confirm = body.warnings.map(({ path, rule }) => ({ rule, field: path, reason: '已与证件核对' }));
      expect(confirm.map(({ field, rule }) => ({ path: field, rule }))).toEqual(
        expect.arrayContaining(sample.expect.warnings!),
      );
      expect((await submit({ ...request, confirm })).status).toBe(201);
    },
  );

  it.each(SAMPLES.filter((sample) => sample.expect.steps))(
    '$file starts a case with the steps it should have',
    async (sample) => {
      const request: unknown = JSON.parse(invent(JSON.stringify(sample.request)));
      const { status, body } = await submit(request);
      expect([status, body.errors]).toEqual([201, undefined]);
      const { body: page } = await api.call('GET', `/api/v1/cases/${body.caseId}`, { token: api.tokens.admin });
      const planned = page.steps.filter((step) => step.status !== 'skipped').map(({ id }) => id);
      expect(planned.sort()).toEqual([...sample.expect.steps!].sort());
    },
  );
});
