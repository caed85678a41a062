import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agencyTasks } from '../../db/worklist/agency-tasks.ts';
import { upsertAgency } from '../../db/agencies/agencies.ts';
import { listDisclosures, loadStep } from '../../db/cases/disclosures.ts';
import { dueEnquiries, recordContact } from '../../db/agencies/enquiries.ts';
import { claimTask } from '../../db/worklist/claims.ts';
import { getStep } from '../../db/cases/steps.ts';
import { CLAIMABLE, STEP_STATUSES, WITH_AGENCY } from '../../domain/case/status.ts';
import { accept, newCase, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase({ max: 12 });
});
afterAll(() => database.close());

/** Puts a step where a test needs it. */
const set = (caseId: string, stepId: string, columns: string) =>
  database.db.query(`update steps set ${columns} where case_id = $1 and id = $2`, [caseId, stepId]);

describe('a task', () => {
  const claim = (caseId: string, by: string, leaseMs = 60_000) =>
    claimTask(database.db, { caseId, stepId: 'register', by, accounts: [by], leaseMs }, Date.now());

  it('is claimed by exactly one of many officers, and the others get the name', async () => {
    const { caseId } = await accept(database);
    await set(caseId, 'register', `status = 'accepted', round = 1`);
    const officers = Array.from({ length: 30 }, (_, index) => `officer-${index}`);
    const claims = await Promise.all(officers.map((by) => claim(caseId, by)));
    const winner = officers.filter((_, index) => claims[index]?.kind === 'claimed');
    expect(winner).toHaveLength(1);
    const losers = claims.filter(({ kind }) => kind !== 'claimed');
    expect(losers).toHaveLength(29);
    for (const loser of losers)
      expect(loser).toMatchObject({
        kind: 'claimed-by-other',
        other: { code: 'TASK_TAKEN', by: winner[0] },
        claimedAt: expect.any(Number) as number,
        claimedUntil: expect.any(Number) as number,
      });
  });

  it('is free again when its lease has lapsed, and stays with an officer who extends it', async () => {
    const { caseId } = await accept(database);
    await set(caseId, 'register', `status = 'accepted', round = 1`);
    expect(await claim(caseId, 'officer-1', 0)).toMatchObject({ kind: 'claimed' });
    expect(await claim(caseId, 'officer-2')).toMatchObject({ kind: 'claimed' });
    expect(await claim(caseId, 'officer-2')).toMatchObject({ kind: 'claimed' });
    expect(await claim(caseId, 'officer-1')).toMatchObject({ kind: 'claimed-by-other', other: { by: 'officer-2' } });
  });

  it('cannot be claimed when it is not the turn of its agency, and a missing one is unknown', async () => {
    const { caseId } = await accept(database);
    expect(await claim(caseId, 'officer-1')).toEqual({ kind: 'not-open' });
    await expect(claim(newCase().caseId, 'officer-1')).rejects.toMatchObject({ code: 'STEP_UNKNOWN' });
  });
});

describe('a task in each status', () => {
  const one = { limit: 100, region: '330108' };
  const isListed = async (caseId: string) =>
    (await agencyTasks(database.db, 'police', one)).tasks.some((task) => task.caseId === caseId);
  const claim = async (caseId: string) => {
    const of = { caseId, stepId: 'register', by: 'officer-1', accounts: ['officer-1'], leaseMs: 60_000 };
    return (await claimTask(database.db, of, Date.now())).kind === 'claimed';
  };

  it.each(STEP_STATUSES)(
    '%s is listed while it is with its agency, and taken where that can decide',
    async (status) => {
      const { caseId } = await accept(database, { region: '330108' });
      await set(caseId, 'register', `status = '${status}', round = 1, undo = ${status === 'undoing'}`);
      expect(await isListed(caseId)).toBe(WITH_AGENCY.includes(status));
      expect(await claim(caseId)).toBe(CLAIMABLE.includes(status));
    },
  );

  it('is not offered while its undo waits for a supervisor', async () => {
    const { caseId } = await accept(database, { region: '330108' });
    await set(caseId, 'register', `status = 'attention', attention = 'UNDO_BY_PERSON', round = 1, undo = true`);
    expect(await isListed(caseId)).toBe(false);
    expect(await claim(caseId)).toBe(false);
  });
});

describe('the tasks of an agency', () => {
  it('are its own open steps, nearest deadline first, page by page', async () => {
    const cases = await Promise.all(Array.from({ length: 9 }, () => accept(database, { region: '330902' })));
    const base = Date.parse('2024-11-20T03:00:00Z');
    // Deadlines 0 0 1 1 2 2 and three without one.
    for (const [index, { caseId }] of cases.entries()) {
      const due = index < 6 ? `'${new Date(base + Math.floor(index / 2)).toISOString()}'` : 'null';
      await set(caseId, 'meter', `agency = 'water', status = 'accepted', round = 1, promised_at = ${due}`);
    }
    await set(cases[0]!.caseId, 'register', `agency = 'water', status = 'done'`);
    const elsewhere = await accept(database, { region: '330106' });
    await set(elsewhere.caseId, 'meter', `agency = 'water', status = 'accepted', round = 1`);

    const found: string[] = [];
    const due: (number | undefined)[] = [];
    let after: string | undefined;
    do {
      const { tasks, nextCursor } = await agencyTasks(database.db, 'water', {
        limit: 2,
        region: '3309',
        ...(after === undefined ? {} : { after }),
      });
      found.push(...tasks.map(({ caseId }) => caseId));
      due.push(...tasks.map(({ promisedAt }) => promisedAt));
      after = nextCursor;
    } while (after !== undefined);
    expect(due).toEqual([base, base, base + 1, base + 1, base + 2, base + 2, undefined, undefined, undefined]);
    expect(found.sort()).toEqual(cases.map(({ caseId }) => caseId).sort());
    const all = await agencyTasks(database.db, 'water', { limit: 100 });
    expect(all.tasks).toHaveLength(10);
    expect(all.tasks.find(({ caseId }) => caseId === elsewhere.caseId)).toMatchObject({
      caseNo: elsewhere.caseNo,
      matter: 'house-move',
      division: '330106',
      stepId: 'meter',
    });
  });

  it('need a cursor of that list', async () => {
    await expect(agencyTasks(database.db, 'water', { limit: 2, after: 'nonsense' })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
  });
});

describe('a silent agency', () => {
  it('is asked by one worker at a time, at growing intervals up to six hours', async () => {
    await upsertAgency(database.db, database.cipher, {
      id: 'police',
      name: { zh: '公安', en: 'Police' },
      connection: 'push',
      baseUrl: 'https://police.example',
      secrets: ['whsec_one'],
      timeoutMs: 10_000,
      allowPrivate: false,
      maxInFlight: 16,
      nature: 'organ',
      enquireAfterS: 900,
    });
    const { caseId } = await accept(database);
    const overdue = `status = 'accepted', round = 1, enquire_at = now()`;
    await set(caseId, 'register', overdue);
    const claims = await Promise.all(Array.from({ length: 10 }, () => dueEnquiries(database.db, 5)));
    const nextAt = expect.any(Number) as number;
    expect(claims.flat()).toEqual([{ caseId, stepId: 'register', round: 1, agency: 'police', nextAt }]);

    const waits: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      const { enquireAt = 0 } = await getStep(database.db, caseId, 'register');
      waits.push(Math.round((enquireAt - Date.now()) / 60_000));
      await set(caseId, 'register', overdue);
      await dueEnquiries(database.db, 5);
    }
    expect(waits).toEqual([30, 60, 120, 240, 360, 360]);

    // It says that it is at work: its silence starts anew.
    await recordContact(database.db, { caseId, stepId: 'register', round: 1 });
    const { enquireAt = 0, enquiries } = await getStep(database.db, caseId, 'register');
    expect([enquiries, Math.round((enquireAt - Date.now()) / 60_000)]).toEqual([0, 15]);
  });

  it('is not asked about a step that has left it', async () => {
    const { caseId } = await accept(database);
    await set(caseId, 'register', `status = 'done', round = 1, enquire_at = now()`);
    expect(await dueEnquiries(database.db, 5)).toEqual([]);
  });
});

describe('disclosures', () => {
  it('count every sending of a round under the fields that went out', async () => {
    const { caseId } = await accept(database);
    const key = { caseId, stepId: 'register' };
    const disclosed = { round: 1, agency: 'police', fields: ['name', 'children[].name'] };
    const load = (to?: typeof disclosed) => loadStep(database.db, database.cipher, key, to);
    await load(disclosed);
    await load(disclosed);
    await load({ ...disclosed, round: 2 });
    await load();
    expect(await listDisclosures(database.db, caseId)).toMatchObject([
      { stepId: 'register', ...disclosed, sends: 2 },
      { stepId: 'register', ...disclosed, round: 2, sends: 1 },
    ]);
  });
});
