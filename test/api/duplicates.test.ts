import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { CaseView } from '../../contract/cases.ts';
import type { DuplicateView } from '../../contract/duplicates.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { Matter } from '../../domain/matter/schema.ts';
import { createInventor } from '../../domain/form/invented.ts';
import { openApi, send, submission, type Api } from './harness.ts';
import { RATES } from '../support/api.ts';
import { SMALL_MOVE } from '../support/matters.ts';

const TWICE = { zh: '重复', en: 'Twice' };

/** Two matters that are compared with each other, and one of them with itself. */
const MOVE = Matter.parse({
  ...SMALL_MOVE,
  code: 'move',
  duplicates: [
    { id: 'same-person', message: TWICE, key: 'person', of: [['applicant.idNo']], other: 'open' },
    { id: 'in-birth', message: TWICE, key: 'person', of: [['applicant.idNo']], against: ['birth'], other: 'granted' },
  ],
});
const BIRTH = Matter.parse({
  ...SMALL_MOVE,
  code: 'birth',
  duplicates: [
    { id: 'in-move', message: TWICE, key: 'person', of: [['applicant.idNo']], against: ['move'], other: 'open' },
  ],
});

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await publishMatter(api.pool, { matter: MOVE, hash: 'b'.repeat(64), by: 'test' });
  await publishMatter(api.pool, { matter: BIRTH, hash: 'c'.repeat(64), by: 'test' });
});
afterAll(() => api.close());

const invent = createInventor();
const person = () => JSON.parse(invent('"339900199003070018"')) as string;
const formOf = (idNo: string) => ({ applicant: { name: '林晓雨', idNo } });

interface StartAnswer {
  status: number;
  body: { caseId: string; caseNo: string; code: string; duplicates: DuplicateView[] };
}

const start = async (
  matter: string,
  idNo: string,
  {
    token = api.tokens.clerk,
    key = uuidv7(),
    url = api.url,
    ...more
  }: Record<string, unknown> & {
    token?: string;
    key?: string;
    url?: string;
  } = {},
): Promise<StartAnswer> => {
  const request = submission(token, { matter, form: formOf(idNo), ...more }, key);
  return (await send(`${url}/api/v1/cases`, 'POST', request)) as unknown as StartAnswer;
};

const end = (caseId: string, status: string) =>
  api.pool.query('update cases set status = $2, ended_at = now() where id = $1', [caseId, status]);

describe('a case that duplicates an open one', () => {
  it('is refused before work starts, with the rule and the number of the other case', async () => {
    const idNo = person();
    const { body: first } = await start('move', idNo);
    const { status, body } = await start('move', idNo);
    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: 'DUPLICATE_CASE',
      duplicates: [{ rule: 'same-person', message: TWICE, caseId: first.caseId, caseNo: first.caseNo }],
    });
    expect(JSON.stringify(body)).not.toContain(idNo);
  });

  it('is refused with the first of very many, and the number of the others', async () => {
    const idNo = person();
    const again = { overrideDuplicates: { reason: 'again' } };
    const started = await Promise.all(Array.from({ length: 103 }, () => start('move', idNo, again)));
    expect(started.every(({ status }) => status === 201)).toBe(true);
    const { status, body } = await start('move', idNo);
    expect([status, body.duplicates.length]).toEqual([409, 100]);
    expect(body).toMatchObject({ omitted: 3 });
  });

  it('is found across matters', async () => {
    const idNo = person();
    await start('birth', idNo);
    expect((await start('move', idNo)).body.duplicates).toMatchObject([{ rule: 'in-birth' }]);
    const other = person();
    await start('move', other);
    expect((await start('birth', other)).body.duplicates).toMatchObject([{ rule: 'in-move' }]);
  });

  it('is not named to a caller who may not see the other case', async () => {
    const idNo = person();
    await start('move', idNo);
    const { status, body } = await start('move', idNo, { token: api.tokens.otherClerk, region: '330102' });
    expect(status).toBe(409);
    expect(body.duplicates).toEqual([{ rule: 'same-person', message: TWICE }]);
    const audit = api.log.filter((line) => line.includes('case.duplicate'));
    expect(audit).toHaveLength(1);
    expect(audit[0]).toContain('clerk-2');
    expect(audit[0]).not.toContain(idNo);
  });

  it('counts as a search if it is in another division; after the last one no start tells of a duplicate', async () => {
    const [url, token] = [await api.another({ rates: { ...RATES, searchesPerMinute: 2 } }), api.tokens.otherClerk];
    const elsewhere = [person(), person(), person()];
    for (const idNo of elsewhere) await start('move', idNo);
    const startThere = (idNo: string, more: object = {}) =>
      start('move', idNo, { url, token, region: '330102', ...more });
    const refused = { status: 429, body: { code: 'RATE_LIMITED' } };

    // A start without a duplicate counts nothing.
    for (let time = 0; time < 3; time += 1) expect((await startThere(person())).status).toBe(201);
    const key = uuidv7();
    const own = person();
    expect((await startThere(own, { key })).status).toBe(201);
    expect((await startThere(own)).status).toBe(409);
    for (const idNo of elsewhere.slice(0, 2)) expect((await startThere(idNo)).status).toBe(409);
    // Used up: the same answer for a person with a case elsewhere, with one here, and with none.
    for (const idNo of [elsewhere[2]!, own, person()]) {
      expect(await startThere(idNo)).toMatchObject(refused);
      expect(await startThere(idNo, { overrideDuplicates: { reason: '另有一处住房' } })).toMatchObject(refused);
    }
    const search = { token, body: { text: own } };
    expect(await send(`${url}/api/v1/cases/search`, 'POST', search)).toMatchObject(refused);
    // A repeated request gets its answer, and a matter without rules has nothing to tell.
    expect((await startThere(own, { key })).status).toBe(201);
    expect((await start(SMALL_MOVE.code, person(), { url, token, region: '330102' })).status).toBe(201);
  });

  it('is no duplicate of an ended case, unless the rule counts granted results', async () => {
    const idNo = person();
    const { body: moved } = await start('move', idNo);
    await end(moved.caseId, 'completed');
    expect((await start('birth', idNo)).status).toBe(201);

    const { body: born } = await start('birth', person());
    await end(born.caseId, 'withdrawn');
    const granted = person();
    const { body: registered } = await start('birth', granted);
    await end(registered.caseId, 'completed');
    expect((await start('move', granted)).body.duplicates).toMatchObject([{ rule: 'in-birth' }]);
  });

  it('is no duplicate of itself when its request is repeated', async () => {
    const idNo = person();
    const key = uuidv7();
    const [first, again] = [await start('move', idNo, { key }), await start('move', idNo, { key })];
    expect(again).toMatchObject({ status: 201, body: { caseId: first.body.caseId } });
  });

  it('is found by a corrected value too', async () => {
    const [wrong, right] = [person(), person()];
    const { body } = await start('move', wrong);
    const correction = { changes: { 'applicant.idNo': right }, reason: '证件号码填错' };
    const path = `/api/v1/cases/${body.caseId}/corrections`;
    // Recorded is enough, because no worker runs the case here.
    expect((await api.call('POST', path, { token: api.tokens.clerk, body: correction })).status).toBe(202);
    expect((await start('move', right)).status).toBe(409);
  });
});

describe('overriding', () => {
  it('needs a reason, which is kept with who gave it and with the cases that were found', async () => {
    const idNo = person();
    const { body: first } = await start('move', idNo);
    const empty = await start('move', idNo, { overrideDuplicates: { reason: ' ' } });
    expect(empty.status).toBe(400);
    const { status, body: second } = await start('move', idNo, { overrideDuplicates: { reason: '另购一处住房' } });
    expect(status).toBe(201);
    const { body } = await api.call('GET', `/api/v1/cases/${second.caseId}`, { token: api.tokens.clerk });
    expect((body as unknown as CaseView).override).toMatchObject({
      by: 'clerk:clerk-1',
      reason: '另购一处住房',
      duplicates: [{ rule: 'same-person', caseNo: first.caseNo }],
    });
    const { rows } = await api.pool.query<{ entry: unknown }>(
      'select entry from ledger where case_id = $1 and seq = 1',
      [second.caseId],
    );
    expect(rows[0]!.entry).toMatchObject({ kind: 'case-submitted', overrides: ['same-person'] });
  });

  it('leaves no trace where nothing was found', async () => {
    const { body } = await start('move', person(), { overrideDuplicates: { reason: '以防万一' } });
    const view = await api.call('GET', `/api/v1/cases/${body.caseId}`, { token: api.tokens.clerk });
    expect((view.body as unknown as CaseView).override).toBeUndefined();
  });
});

describe('equal cases at the same time', () => {
  it('are accepted once, in any process', async () => {
    const urls = [api.url, await api.another()];
    for (let round = 0; round < 5; round += 1) {
      const idNo = person();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          start(index % 2 === 0 ? 'move' : 'birth', idNo, { url: urls[(index >> 1) % 2]! }),
        ),
      );
      const accepted = answers.filter(({ status }) => status === 201);
      // A birth is refused for a move and a move for a birth; two births are not compared.
      const codes = new Set(accepted.map(({ body }) => body.caseId));
      const { rows } = await api.pool.query<{ matter: string }>('select matter from cases where id = any($1)', [
        [...codes],
      ]);
      const matters = new Set(rows.map(({ matter }) => matter));
      expect(matters.size).toBe(1);
      if (matters.has('move')) expect(accepted).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409).length).toBe(8 - accepted.length);
    }
  });
});
