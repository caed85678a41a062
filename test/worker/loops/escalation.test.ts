import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listOrders } from '../../../db/supervision/orders.ts';
import type { Matter } from '../../../domain/matter/schema.ts';
import { cacheCalendars } from '../../../runtime/reference-data.ts';
import { escalate } from '../../../worker/loops/escalation.ts';
import { accept, openDatabase, type TestDatabase } from '../../support/database.ts';
import { HOUSE_MOVE } from '../../support/matters.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase({ max: 10 });
});
afterAll(() => database.close());

/** A Tuesday on which the windows are open; the first instant after their close, and a Sunday. */
const OPEN = Date.parse('2026-11-24T10:00:00+08:00');
const CLOSED = ['2026-11-24T17:00:00+08:00', '2026-11-29T10:00:00+08:00'].map((at) => Date.parse(at));

const look = (rule: Partial<Matter['supervision']> = {}, now = OPEN) =>
  escalate({
    db: database.db,
    cipher: database.cipher,
    calendars: cacheCalendars(database.db, () => now),
    matter: () => Promise.resolve({ ...HOUSE_MOVE, supervision: { ...HOUSE_MOVE.supervision, ...rule } }),
    now: () => now,
    log: pino({ level: 'silent' }),
  });
/** A case whose first step is with its agency, its lights so many minutes from `OPEN`. */
const createLateStep = async ({ yellow, red }: { yellow: number; red: number }): Promise<string> => {
  const { caseId } = await accept(database);
  await database.db.query(
    `update steps set status = 'accepted', round = 1, yellow_at = $2, promised_at = $3
    where case_id = $1 and id = 'register'`,
    [caseId, new Date(OPEN + yellow * 60_000), new Date(OPEN + red * 60_000)],
  );
  return caseId;
};
const listUrges = async (caseId: string) => {
  const { rows } = await database.db.query<{ message: { kind: string; by: unknown } }>(
    'select message from inbox where case_id = $1 order by received_at',
    [caseId],
  );
  return rows.map(({ message }) => message);
};
const orders = async (caseId: string) => (await listOrders(database.db, { caseId, now: OPEN }, { limit: 10 })).rows;

describe('the escalation', () => {
  it('urges at yellow, once', async () => {
    const caseId = await createLateStep({ yellow: -1, red: 60 });
    await look();
    await look();
    expect(await listUrges(caseId)).toMatchObject([{ kind: 'urge', by: { role: 'system', id: 'escalation' } }]);
    expect(await orders(caseId)).toEqual([]);
  });

  it('gives one order at red, with several processes at once, and no longer urges', async () => {
    const caseId = await createLateStep({ yellow: -60, red: -1 });
    await Promise.all(Array.from({ length: 6 }, () => look()));
    await look();
    expect(await listUrges(caseId)).toEqual([]);
    expect(await orders(caseId)).toMatchObject([
      { ground: 'red', agency: 'police', status: 'open', openedBy: { role: 'system' } },
    ]);
  });

  it('gives an order at yellow already, or does nothing at all, where the matter says so', async () => {
    const early = await createLateStep({ yellow: -1, red: 60 });
    await look({ yellow: 'order' });
    expect(await orders(early)).toMatchObject([{ ground: 'yellow' }]);
    const quiet = await createLateStep({ yellow: -60, red: -1 });
    await look({ red: 'nothing' });
    await look();
    expect([await orders(quiet), await listUrges(quiet)]).toEqual([[], []]);
  });

  it('does not change an order that a supervisor gave before', async () => {
    const caseId = await createLateStep({ yellow: -1, red: 60 });
    await look({ yellow: 'order' });
    await database.db.query(`update steps set promised_at = $2 where case_id = $1`, [caseId, new Date(OPEN - 60_000)]);
    await look();
    expect(await orders(caseId)).toMatchObject([{ ground: 'yellow' }]);
  });

  it('does nothing while the windows are closed', async () => {
    const yellow = await createLateStep({ yellow: -1, red: 10_000 });
    const red = await createLateStep({ yellow: -60, red: -1 });
    for (const closed of CLOSED) expect(await look({}, closed)).toBe('idle');
    expect([await listUrges(yellow), await orders(red)]).toEqual([[], []]);
    await look();
    expect([await listUrges(yellow), await orders(red)]).toMatchObject([[{ kind: 'urge' }], [{ ground: 'red' }]]);
  });

  it('neither urges nor orders about a check by machine', async () => {
    const cases = [await createLateStep({ yellow: -1, red: 60 }), await createLateStep({ yellow: -60, red: -1 })];
    await database.db.query(`update steps set kind = 'verify' where case_id = any ($1)`, [cases]);
    await look();
    for (const caseId of cases) expect([await listUrges(caseId), await orders(caseId)]).toEqual([[], []]);
  });

  it('ignores a step with a paused clock', async () => {
    const caseId = await createLateStep({ yellow: -60, red: -1 });
    await database.db.query('update steps set paused_at = now() where case_id = $1', [caseId]);
    await look();
    expect(await orders(caseId)).toEqual([]);
  });

  it('puts what is not answered in time into a circular, once, and nothing that the matter leaves out', async () => {
    const caseId = await createLateStep({ yellow: -60, red: -1 });
    const spared = await createLateStep({ yellow: -60, red: -1 });
    await database.db.query('update steps set paused_at = now() where case_id = $1', [spared]);
    await look();
    await database.db.query('update steps set paused_at = null where case_id = $1', [spared]);
    await look({ unanswered: 'nothing' });
    await database.db.query(`update supervision_orders set due_at = $1`, [new Date(OPEN - 1_000)]);
    for (const closed of CLOSED) await look({}, closed);
    expect((await orders(caseId))[0]).not.toHaveProperty('circularAt');
    await Promise.all([look(), look(), look()]);
    const [circulated] = await orders(caseId);
    expect(circulated).toMatchObject({ status: 'open', seq: 2 });
    expect(circulated!.circularAt).toBeGreaterThan(circulated!.dueAt);
    expect((await orders(spared))[0]).not.toHaveProperty('circularAt');
  });
});
