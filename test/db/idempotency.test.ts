import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptCase } from '../../db/cases/cases.ts';
import { findIdempotent, runOnce, type IdempotentRequest } from '../../db/messages/idempotency.ts';
import { newCase, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase({ max: 20 });
});
afterAll(() => database.close());

const request = (key: string, body = 'body', account = 'clerk-1'): IdempotentRequest => ({
  account,
  key,
  requestHash: database.cipher.hash('request', body),
});

/** Accepts a case of a separate region, by which it is counted. */
const submit = (given: IdempotentRequest, region: string) =>
  runOnce(database.db, database.cipher, given, async (client) => {
    const { caseId, caseNo } = await acceptCase(client, database.cipher, newCase({ region }));
    return { status: 201, response: { caseId, caseNo, name: '张三丰' } };
  });

const countCases = async (region: string): Promise<number> =>
  (await database.db.query('select from cases where region = $1', [region])).rowCount ?? 0;

describe('runOnce', () => {
  it('does the work of 50 simultaneous equal requests exactly once, with the same answer for all', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => submit(request('race'), '330101')));
    expect(await countCases('330101')).toBe(1);
    expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(answers.filter(({ kind }) => kind === 'repeated')).toHaveLength(49);
    expect(new Set(answers.map((answer) => 'response' in answer && JSON.stringify(answer.response))).size).toBe(1);
  });

  it('refuses another request under the same key', async () => {
    await submit(request('other-body'), '330102');
    expect(await submit(request('other-body', 'another body'), '330102')).toEqual({ kind: 'different' });
    expect(await countCases('330102')).toBe(1);
  });

  it('keeps the keys of accounts apart', async () => {
    expect(await submit(request('shared', 'body', 'clerk-1'), '330103')).toMatchObject({ kind: 'done' });
    expect(await submit(request('shared', 'body', 'clerk-2'), '330103')).toMatchObject({ kind: 'done' });
  });

  it('keeps no answer that is larger than ids and numbers', async () => {
    const given = request('large');
    const work = () => Promise.resolve({ status: 201, response: { errors: Array(1_000).fill('wrong') } });
    await expect(runOnce(database.db, database.cipher, given, work)).rejects.toMatchObject({
      code: 'ANSWER_TOO_LARGE',
    });
    expect(await findIdempotent(database.db, database.cipher, 'clerk-1', 'large')).toBeUndefined();
  });

  it('keeps no key of work that failed', async () => {
    const failing = runOnce(database.db, database.cipher, request('failed'), () =>
      Promise.reject(new Error('refused')),
    );
    await expect(failing).rejects.toThrow('refused');
    expect(await findIdempotent(database.db, database.cipher, 'clerk-1', 'failed')).toBeUndefined();
    expect(await submit(request('failed'), '330104')).toMatchObject({ kind: 'done', status: 201 });
  });
});
