import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { upsertAgency } from '../../db/agencies/agencies.ts';
import {
  claimMessages,
  findOutcome,
  putMessage,
  releaseMessages,
  settleMessages,
  type NewMessage,
} from '../../db/messages/inbox.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import { claimStarts, markRecorded, markStarted, releaseStarts } from '../../db/messages/start-requests.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { openBodies } from '../support/bodies.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';
import { HOUSE_MOVE_PLAN } from '../support/matters.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase({ max: 12 });
});
afterAll(() => database.close());

const acceptMany = (count: number) => Promise.all(Array.from({ length: count }, () => accept(database)));
const startAll = async (): Promise<void> => {
  await markRecorded(
    database.db,
    (await claimStarts(database.db, { limit: 1_000, leaseMs: 60_000 })).map(({ caseId }) => caseId),
  );
};

describe('start requests', () => {
  beforeEach(startAll);

  it('carry what the workflow is started with', async () => {
    const { caseId, caseNo } = await accept(database);
    const [entry] = await readLedger(database.db, caseId, 0, 1);
    expect(await claimStarts(database.db, { limit: 5, leaseMs: 60_000 })).toEqual([
      { caseId, caseNo, plan: HOUSE_MOVE_PLAN, receivedAt: entry!.at, ledgerHash: entry!.hash, attempts: 1 },
    ]);
  });

  it('are given to one of many relays each', async () => {
    const accepted = await acceptMany(60);
    const claims = await Promise.all(
      Array.from({ length: 12 }, () => claimStarts(database.db, { limit: 10, leaseMs: 60_000 })),
    );
    const rest = await claimStarts(database.db, { limit: 100, leaseMs: 60_000 });
    const claimed = [...claims.flat(), ...rest].map(({ caseId }) => caseId);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.sort()).toEqual(accepted.map(({ caseId }) => caseId).sort());
  });

  it('are given again when the relay that claimed one was killed or released it, and never after its first entries are written', async () => {
    const { caseId } = await accept(database);
    const claim = (leaseMs: number) => claimStarts(database.db, { limit: 5, leaseMs });
    expect(await claim(0)).toHaveLength(1);
    expect(await claim(60_000), 'the lease has lapsed').toHaveLength(1);
    expect(await claim(60_000), 'the lease holds').toHaveLength(0);
    await releaseStarts(database.db, [{ caseId, delayMs: 0 }]);
    expect(await claim(60_000)).toHaveLength(1);
    await releaseStarts(database.db, [{ caseId, delayMs: 60_000 }]);
    expect(await claim(60_000), 'not before the delay').toHaveLength(0);
    await releaseStarts(database.db, [{ caseId, delayMs: 0 }]);
    await markStarted(database.db, [caseId]);
    expect(await claim(60_000), 'it has started, and no relay wrote its first entries').toHaveLength(1);
    await markRecorded(database.db, [caseId]);
    await releaseStarts(database.db, [{ caseId, delayMs: 0 }]);
    expect(await claim(60_000)).toHaveLength(0);
  });
});

describe('the inbox', () => {
  let caseId: string;
  beforeEach(async () => {
    ({ caseId } = await accept(database));
    await startAll();
    const open = await claimMessages(database.db, { limit: 1_000, leaseMs: 60_000, perCase: 1_000 });
    await settleMessages(
      database.db,
      open.map((message) => ({ ...message, outcome: { kind: 'applied' } })),
    );
  });

  const message = (messageId: string, change: Partial<NewMessage> = {}): NewMessage => ({
    caseId,
    messageId,
    source: 'officer',
    message: { kind: 'withdrawal', id: messageId, by: { role: 'clerk', id: 'clerk-1' } },
    ...change,
  });
  const put = (messageId: string, change?: Partial<NewMessage>) =>
    putMessage(database.db, database.cipher, message(messageId, change));
  const claim = ({ limit = 10, leaseMs = 60_000, perCase = 4, except = [] as string[] } = {}) =>
    claimMessages(database.db, { limit, leaseMs, perCase, except });

  it('distinguishes a new message, a repeated one and another one under the same id', async () => {
    const body = { reason: '材料不全', items: [{ field: 'name', why: 'unreadable' }] };
    expect(await put('m-1', { body })).toEqual({ kind: 'new' });
    const reordered = { items: [{ why: 'unreadable', field: 'name' }], reason: '材料不全' };
    expect(await put('m-1', { body: reordered, source: 'callback' })).toEqual({ kind: 'same' });
    expect(await put('m-1', { body: { ...body, reason: '其他' } })).toEqual({ kind: 'different' });
    expect(await put('m-1')).toEqual({ kind: 'different' });
    expect(await openBodies(database.db, database.cipher, caseId)).toEqual(new Map([['m-1', body]]));

    await settleMessages(database.db, [{ caseId, messageId: 'm-1', outcome: { kind: 'refused', code: 'CASE_ENDED' } }]);
    expect(await put('m-1', { body })).toEqual({ kind: 'same', outcome: { kind: 'refused', code: 'CASE_ENDED' } });
    expect(await openBodies(database.db, database.cipher, caseId)).toEqual(new Map());
  });

  it('marks a message whose sender has lost the right since, and not merely a token', async () => {
    const { db, cipher } = database;
    const createWithdrawal = (id: string) => ({
      kind: 'withdrawal' as const,
      id: `m-${id}`,
      by: { role: 'clerk' as const, id },
    });
    const past = Date.now() - 1_000;
    await createToken(db, cipher, { role: 'clerk', account: 'out' });
    const name = { zh: '公安', en: 'Police' };
    const police = { id: 'police', name, connection: 'worklist' as const, secrets: [], timeoutMs: 1_000 };
    await upsertAgency(db, cipher, {
      ...police,
      allowPrivate: false,
      maxInFlight: 16,
      nature: 'organ',
      enquireAfterS: 60,
    });
    await createToken(db, cipher, { role: 'officer', account: 'out', agency: 'police' });
    await createToken(db, cipher, { role: 'clerk', account: 'asleep', expiresAt: past });
    await createToken(db, cipher, { role: 'clerk', account: 'renewed' });
    await db.query(`update tokens set revoked_at = now() from person_roles where person_roles.id = role_id
      and role = 'clerk' and account in ('out', 'renewed')`);
    await createToken(db, cipher, { role: 'clerk', account: 'renewed' });
    for (const account of ['out', 'asleep', 'renewed', 'no-token']) {
      await put(`m-${account}`, { message: createWithdrawal(account) });
    }
    const claimed = await claim();
    expect(claimed.filter(({ message }) => message.rightsLost).map(({ messageId }) => messageId)).toEqual(['m-out']);
  });

  it('keeps one of many simultaneous equal messages', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => put('m-1', { body: { reason: '同意' } })));
    expect(answers.filter(({ kind }) => kind === 'new')).toHaveLength(1);
    expect(answers.filter(({ kind }) => kind === 'same')).toHaveLength(29);
    expect(await claim()).toHaveLength(1);
  });

  it('gives each message to one of many relays', async () => {
    const cases = await acceptMany(10);
    await startAll();
    const expected = cases.flatMap((one) => ['a', 'b', 'c'].map((id) => `${one.caseId}:${id}`));
    await Promise.all(cases.flatMap((one) => ['a', 'b', 'c'].map((id) => put(id, { caseId: one.caseId }))));
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim()));
    const claimed = [...claims.flat(), ...(await claim({ limit: 100 }))].map(
      (taken) => `${taken.caseId}:${taken.messageId}`,
    );
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.sort()).toEqual(expected.sort());
  });

  it('delivers oldest first, a few of a case at a time, and those of other cases meanwhile', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await put(id);
    const { caseId: other } = await accept(database);
    await startAll();
    await put('z', { caseId: other });
    expect((await claim()).map(({ messageId }) => messageId)).toEqual(['a', 'b', 'c', 'd', 'z']);
    await put('y', { caseId: other });
    expect((await claim({ except: [caseId] })).map(({ messageId }) => messageId)).toEqual(['y']);
    expect((await claim()).map(({ messageId }) => messageId)).toEqual(['e', 'f']);
  });

  it('gives the messages of a case only after the case is started', async () => {
    const { caseId: waiting } = await accept(database);
    await put('early', { caseId: waiting });
    expect(await claim()).toEqual([]);
    await startAll();
    expect((await claim()).map(({ messageId }) => messageId)).toEqual(['early']);
  });

  it('gives a message again when the relay that claimed it was killed or released it, and counts the attempts', async () => {
    await put('m-1');
    expect(await claim({ leaseMs: 0 })).toMatchObject([{ attempts: 1 }]);
    expect(await claim()).toMatchObject([{ attempts: 2, message: message('m-1').message }]);
    expect(await claim()).toEqual([]);
    await releaseMessages(database.db, [{ caseId, messageId: 'm-1', delayMs: 0 }]);
    expect(await claim()).toMatchObject([{ attempts: 3 }]);
    await releaseMessages(database.db, [{ caseId, messageId: 'm-1', delayMs: 60_000 }]);
    expect(await claim()).toEqual([]);
  });

  it('keeps the first outcome, and delivers nothing that is settled', async () => {
    await put('m-1');
    await put('m-2', { settled: { kind: 'applied' } });
    expect(await findOutcome(database.db, caseId, 'm-1')).toBeUndefined();
    expect(await findOutcome(database.db, caseId, 'm-2')).toEqual({ kind: 'applied' });
    await settleMessages(database.db, [{ caseId, messageId: 'm-1', outcome: { kind: 'applied' } }]);
    await settleMessages(database.db, [{ caseId, messageId: 'm-1', outcome: { kind: 'repeated' } }]);
    await releaseMessages(database.db, [{ caseId, messageId: 'm-1', delayMs: 0 }]);
    expect(await findOutcome(database.db, caseId, 'm-1')).toEqual({ kind: 'applied' });
    expect(await claim()).toEqual([]);
  });

  it('binds the words of a message to the message', async () => {
    await put('m-1', { body: { reason: '同意' } });
    await put('m-2', { body: { reason: '不同意' } });
    await database.db.query(
      `update inbox set body = o.body from inbox o where inbox.case_id = $1 and o.case_id = $1
      and inbox.message_id = 'm-1' and o.message_id = 'm-2'`,
      [caseId],
    );
    await expect(openBodies(database.db, database.cipher, caseId)).rejects.toMatchObject({ code: 'SEALED_UNREADABLE' });
  });
});
