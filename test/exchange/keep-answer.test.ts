import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBodies } from '../support/bodies.ts';
import { getStep } from '../../domain/matter/compile.ts';
import { keepAnswer, type AgencyAnswer } from '../../exchange/keep-answer.ts';
import { CARD_APPLICATION } from '../support/matters.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const SOURCES = ['reply', 'rules', 'enquiry', 'callback', 'officer'] as const;
const HEARD = ['reply', 'rules'];
/** Their sender waits for what becomes of the answer. */
const TOLD = ['callback', 'officer'];

const newKey = async () => ({ caseId: (await accept(database)).caseId, stepId: 'register', round: 1 });
const by = { role: 'agency', id: 'police' } as const;
const STEP = getStep(CARD_APPLICATION, 'card');
const keep = (answer: Omit<AgencyAnswer, 'step' | 'at'>, step = STEP) =>
  keepAnswer(database.db, database.cipher, { ...answer, step, at: Date.now() });
const readInbox = async (caseId: string) => {
  const { rows } = await database.db.query<{ id: string; source: string; message: unknown; outcome: unknown }>(
    `select message_id as id, source, message, outcome from inbox where case_id = $1 order by received_at, message_id`,
    [caseId],
  );
  return rows;
};

describe('an answer of an agency', () => {
  it.each(SOURCES)('is a message of the inbox with the words beside it (%s)', async (source) => {
    const key = await newKey();
    const said = { messageId: 'a-1', requestId: 'x', decision: 'refused' as const, reason: '不符合条件' };
    const kept = await keep({ key, source, by, said });
    expect(kept).toEqual({
      kind: 'new',
      messageId: 'agency:police:a-1',
      told: { decision: 'refused', digest: expect.stringMatching(/^[\w-]{22}$/) as string },
    });
    const { digest } = kept.told;
    const message = {
      kind: 'decision',
      id: 'agency:police:a-1',
      stepId: 'register',
      round: 1,
      decision: 'refused',
      by,
      digest,
    };
    const outcome = HEARD.includes(source) ? { kind: 'applied' } : null;
    expect(await readInbox(key.caseId)).toEqual([{ id: 'agency:police:a-1', source, message, outcome }]);
    const bodies = await openBodies(database.db, database.cipher, key.caseId);
    expect([...bodies]).toEqual([['agency:police:a-1', { reason: '不符合条件' }]]);
  });

  it('has a digest of its words in any order; other words and other cases have other digests', async () => {
    const [key, other] = [await newKey(), await newKey()];
    const digest = async (of: typeof key, result: Record<string, string>) =>
      (await keep({ key: of, source: 'callback', by, said: { decision: 'approved', result } })).told.digest;
    const first = await digest(key, { a: '1', b: '2' });
    expect(await digest(key, { b: '2', a: '1' })).toBe(first);
    expect(new Set([first, await digest(key, { a: '1' }), await digest(other, { a: '1', b: '2' })]).size).toBe(3);
  });

  it('says with an approval what came: the digest of the result, or the fields that are wrong', async () => {
    const register = getStep(CARD_APPLICATION, 'register');
    const [key, other] = [await newKey(), await newKey()];
    const tell = async (of: typeof key, messageId: string, result: Record<string, string | number>) =>
      (await keep({ key: of, source: 'callback', by, said: { messageId, decision: 'approved', result } }, register))
        .told;
    const { result: digest } = await tell(key, '1', { idNo: '339900198802290020' });
    expect(digest).toMatch(/^[\w-]{22}$/);
    expect((await tell(key, '2', { idNo: '339900 19880229 0020', remark: 'other' })).result).toBe(digest);
    expect((await tell(key, '3', { idNo: '339900199003070018' })).result).not.toBe(digest);
    expect((await tell(other, '1', { idNo: '339900198802290020' })).result).not.toBe(digest);
    expect(await tell(key, '4', { idNo: 'x', copies: 0 })).toMatchObject({ faultyFields: ['idNo', 'copies'] });
    expect(await readInbox(key.caseId)).toMatchObject([
      { message: { result: digest } },
      { message: { result: digest } },
      {},
      { message: { faultyFields: ['idNo', 'copies'] } },
    ]);
  });

  it('says how many things are missing: one if it has no list', async () => {
    const key = await newKey();
    const supplements = ['a', 'b'].map((reason) => ({ reason }));
    await keep({ key, source: 'reply', by, said: { messageId: '1', decision: 'supplement', supplements } });
    await keep({ key, source: 'reply', by, said: { messageId: '2', decision: 'supplement' } });
    expect(await readInbox(key.caseId)).toMatchObject([{ message: { items: 2 } }, { message: { items: 1 } }]);
  });

  it('is one message, also when it comes several times and by several ways', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...SOURCES), { minLength: 2, maxLength: 6 }),
        fc.option(fc.constant('own'), { nil: undefined }),
        async (sources, messageId) => {
          const key = await newKey();
          const said = { decision: 'approved' as const, result: { no: '1' }, ...(messageId && { messageId }) };
          const kept = [];
          for (const source of sources) kept.push(await keep({ key, source, by, said }));
          expect(kept.map(({ kind }) => kind)).toEqual(['new', ...sources.slice(1).map(() => 'same')]);
          expect(new Set(kept.map(({ messageId: id }) => id)).size).toBe(1);
          expect(await readInbox(key.caseId)).toHaveLength(1);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is one message when it comes many times at the same time', async () => {
    const key = await newKey();
    const said = { messageId: 'once', decision: 'approved' as const };
    const kept = await Promise.all(Array.from({ length: 8 }, () => keep({ key, source: 'callback', by, said })));
    expect(kept.map(({ kind }) => kind).sort()).toEqual(['new', ...Array.from({ length: 7 }, () => 'same')]);
  });
});

describe('an answer under an id that was used for another content', () => {
  it.each(SOURCES)('is never lost (%s)', async (source) => {
    const key = await newKey();
    await keep({ key, source: 'callback', by, said: { messageId: 'same', decision: 'approved' } });
    const said = { messageId: 'same', decision: 'refused' as const, reason: 'other words' };
    const kept = await keep({ key, source, by, said });
    const [, second, ...more] = await readInbox(key.caseId);
    expect(more).toEqual([]);
    expect(second).toMatchObject({ source, message: { decision: 'refused', id: second!.id } });
    expect(second!.id).toMatch(new RegExp(`^agency:police:reply:${key.caseId}:register:1:[0-9a-f]{16}$`));
    if (TOLD.includes(source)) {
      expect(kept).toMatchObject({ kind: 'different', messageId: 'agency:police:same' });
      expect(second!.outcome).toEqual({ kind: 'refused', code: 'MESSAGE_ID_REUSED' });
    } else {
      expect(kept).toMatchObject({ kind: 'new', messageId: second!.id });
      expect(second!.outcome).toEqual(HEARD.includes(source) ? { kind: 'applied' } : null);
    }
    expect(await keep({ key, source, by, said })).toMatchObject({ kind: TOLD.includes(source) ? 'different' : 'same' });
    expect(await readInbox(key.caseId)).toHaveLength(2);
  });
});
