import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgencyClient, EnquiryAnswer } from '../../agencies/client.ts';
import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import { getStep } from '../../db/cases/steps.ts';
import type { AttentionCode, Message } from '../../domain/case/messages.ts';
import { enquire } from '../../exchange/enquire.ts';
import { keepAnswer } from '../../exchange/keep-answer.ts';
import { getStep as findDefinition } from '../../domain/matter/compile.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';
import { HOUSE_MOVE } from '../support/matters.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const POLICE: AgencyRecord = {
  ...{
    id: 'police',
    name: { zh: '公安', en: 'Police' },
    nature: 'organ',
    connection: 'push',
    baseUrl: 'https://police.example',
  },
  ...{ secrets: ['whsec_one'], timeoutMs: 10_000, allowPrivate: false, maxInFlight: 16, enquireAfterS: 900 },
};

/** A client of which only the enquiries are used. */
const clientThat = (answer: EnquiryAnswer): AgencyClient => {
  const never = () => Promise.reject(new Error('not used'));
  return { enquire: () => Promise.resolve(answer), submit: never, undo: never, close: never };
};

/** Asks about a step that its agency has accepted. */
const ask = async (answer: EnquiryAnswer, { caseId }: { caseId: string }, nextAt = 1) =>
  enquire(
    {
      db: database.db,
      cipher: database.cipher,
      client: clientThat(answer),
      agency: () => Promise.resolve(POLICE),
      matter: () => Promise.resolve(HOUSE_MOVE),
      now: Date.now,
      log: { error: () => undefined },
    },
    { caseId, stepId: 'register', round: 1, agency: 'police', nextAt },
  );
const startAccepted = async () => {
  const { caseId } = await accept(database);
  await database.db.query(`update steps set status = 'accepted', round = 1 where case_id = $1 and id = 'register'`, [
    caseId,
  ]);
  return { caseId, stepId: 'register', round: 1 };
};
const listMessages = async (caseId: string) => {
  const { rows } = await database.db.query<{ message: Message }>(
    'select message from inbox where case_id = $1 order by received_at, message_id',
    [caseId],
  );
  return rows.map(({ message }) => message);
};

describe('an enquiry that an agency does not answer as the protocol says', () => {
  it.each<[EnquiryAnswer, AttentionCode, string]>([
    [{ kind: 'unreadable', detail: 'NOT_JSON' }, 'AGENCY_UNREADABLE', 'NOT_JSON'],
    [{ kind: 'withdrawn' }, 'AGENCY_REJECTED', 'HTTP_410'],
    [{ kind: 'rejected', detail: 'HTTP_400' }, 'AGENCY_REJECTED', 'HTTP_400'],
    [{ kind: 'misconfigured', status: 401, detail: 'HTTP_401' }, 'AGENCY_SETUP', 'HTTP_401'],
    [
      {
        kind: 'decided',
        decision: { decision: 'supplement', supplements: [{ field: 'no.such.field', reason: '缺' }] },
        raw: Buffer.alloc(0),
      },
      'AGENCY_UNREADABLE',
      'SUPPLEMENT_ITEM_UNKNOWN',
    ],
  ])('goes to a person, as the same answer to a request: %o', async (answer, code, error) => {
    const key = await startAccepted();
    await ask(answer, key);
    expect(await listMessages(key.caseId)).toMatchObject([
      { kind: 'answer-fault', stepId: 'register', round: 1, code },
    ]);
    expect(await getStep(database.db, key.caseId, 'register')).toMatchObject({ lastError: error, attempts: 0 });
  });

  it.each([
    [{ kind: 'unavailable', cause: 'status', status: 503 }, 'HTTP_503'],
    [{ kind: 'unavailable', cause: 'timeout' }, 'CONNECTION_TIMEOUT'],
  ] as const)('shows the error and goes on: %o', async (answer, error) => {
    const key = await startAccepted();
    await ask(answer, key);
    expect(await listMessages(key.caseId)).toEqual([]);
    expect(await getStep(database.db, key.caseId, 'register')).toMatchObject({ lastError: error, attempts: 0 });
  });

  it('says so each time, also after a note of the agency made the enquiries begin again', async () => {
    const key = await startAccepted();
    await ask({ kind: 'unknown' }, key, 1);
    await ask({ kind: 'unknown' }, key, 1);
    await ask({ kind: 'unknown' }, key, 2);
    expect((await listMessages(key.caseId)).map(({ kind }) => kind)).toEqual(['resend', 'resend']);
  });
});

describe('a refusal without a reason that is repeated', () => {
  const said = { messageId: 'm1', decision: 'refused' } as const;
  const refuse = async (key: { caseId: string; stepId: string; round: number }) => {
    const by = { role: 'agency', id: 'police' } as const;
    await keepAnswer(database.db, database.cipher, {
      ...{ key, source: 'callback', by, said },
      ...{ step: findDefinition(HOUSE_MOVE, key.stepId), at: Date.now() },
    });
    const outcome = { kind: 'refused', code: 'REASON_MISSING' };
    await database.db.query('update inbox set settled_at = now(), outcome = $2 where case_id = $1', [
      key.caseId,
      JSON.stringify(outcome),
    ]);
  };
  const decided = { kind: 'decided', decision: said, raw: Buffer.alloc(0) } as const;

  it('brings the step to a person, once, after it was sent again', async () => {
    const key = await startAccepted();
    await refuse(key);
    for (let time = 1; time <= 2; time += 1) await ask(decided, key, time);
    const [, ...held] = await listMessages(key.caseId);
    expect(held).toMatchObject([{ kind: 'answer-fault', code: 'REASON_MISSING' }]);
  });

  it('changes nothing while the step waits for a person', async () => {
    const key = await startAccepted();
    await refuse(key);
    await database.db.query(`update steps set status = 'attention' where case_id = $1 and id = 'register'`, [
      key.caseId,
    ]);
    await ask(decided, key);
    expect(await listMessages(key.caseId)).toHaveLength(1);
  });
});
