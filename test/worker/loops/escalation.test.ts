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

const look = (rule: Partial<Matter['supervision']> = {}) =>
  escalate({
    db: database.db,
    cipher: database.cipher,
    calendars: cacheCalendars(database.db, Date.now),
    matter: () => Promise.resolve({ ...HOUSE_MOVE, supervision: { ...HOUSE_MOVE.supervision, ...rule } }),
    log: pino({ level: 'silent' }),
  });
/** A case whose first step is with its agency, its lights so many minutes from now. */
const createLateStep = async ({ yellow, red }: { yellow: number; red: number }): Promise<string> => {
  const { caseId } = await accept(database);
  await database.db.query(
    `update steps set status = 'accepted', round = 1, yellow_at = now() + $2 * interval '1 minute',
      promised_at = now() + $3 * interval '1 minute' where case_id = $1 and id = 'register'`,
    [caseId, yellow, red],
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
const orders = async (caseId: string) =>
  (await listOrders(database.db, { caseId, now: Date.now() }, { limit: 10 })).rows;

describe('the ladder', () => {
  it('urges at yellow, once', async () => {
    const caseId = await createLateStep({ yellow: -1, red: 60 });
    await look();
    await look();
    expect(await listUrges(caseId)).toMatchObject([{ kind: 'urge', by: { role: 'system', id: 'escalation' } }]);
    expect(await orders(caseId)).toEqual([]);
  });

  it('gives one order at red, however many processes look at once, and does not urge any more', async () => {
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

  it('leaves the order alone that a supervisor gave before', async () => {
    const caseId = await createLateStep({ yellow: -1, red: 60 });
    await look({ yellow: 'order' });
    await database.db.query(`update steps set promised_at = now() - interval '1 minute' where case_id = $1`, [caseId]);
    await look();
    expect(await orders(caseId)).toMatchObject([{ ground: 'yellow' }]);
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
    await database.db.query(`update supervision_orders set due_at = now() - interval '1 second'`);
    await Promise.all([look(), look(), look()]);
    const [circulated] = await orders(caseId);
    expect(circulated).toMatchObject({ status: 'open', seq: 2 });
    expect(circulated!.circularAt).toBeGreaterThan(circulated!.dueAt);
    expect((await orders(spared))[0]).not.toHaveProperty('circularAt');
  });
});
