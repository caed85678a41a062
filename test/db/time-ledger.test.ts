import { afterAll, beforeAll, expect, it } from 'vitest';
import { listHeldSteps, readHeldSteps, type HeldStepsFilter } from '../../db/reports/time-ledger.ts';
import { addShares, sharesOf, spansOfStep, type Share } from '../../domain/reports/time-ledger.ts';
import { mainland } from '../domain/calendar/mainland.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const AT = Date.parse('2024-11-20T02:00:00Z');
const MINUTE = 60_000;

/** A case of which each step named has ended, after so many minutes. */
const endCase = async (region: string, minutes: Record<string, number>): Promise<string> => {
  const { caseId } = await accept(database, { region });
  for (const [stepId, length] of Object.entries(minutes)) {
    const endedAt = AT + length * MINUTE;
    const clock = { startedAt: AT, holds: [{ from: AT, to: AT + MINUTE, why: 'supplement' }], endedAt };
    await database.db.query(
      `update steps set status = 'done', clock = $3, ended_at = $4 where case_id = $1 and id = $2`,
      [caseId, stepId, clock, new Date(endedAt)],
    );
  }
  return caseId;
};

const add = async (filter: Partial<HeldStepsFilter>): Promise<Share[]> => {
  const shares: Share[] = [];
  const whole = { region: '', endedFrom: AT, endedBefore: AT + 1_000 * MINUTE, ...filter };
  for await (const page of readHeldSteps(database.db, whole)) {
    for (const step of page) shares.push(...sharesOf(mainland, spansOfStep(step, AT)));
  }
  return addShares(shares);
};

it('the time of the steps that ended in a period adds up per agency and party', async () => {
  await endCase('330801', { register: 11, 'notify.1': 21 });
  await endCase('330801', { register: 31 });
  await endCase('330802', { register: 500 });
  expect(await add({ region: '330801' })).toMatchObject([
    { party: 'agency', agency: 'police', workingMinutes: 40 },
    { party: 'agency', agency: 'post', workingMinutes: 20 },
    { party: 'applicant', workingMinutes: 3 },
  ]);
  expect(await add({ region: '3308', endedBefore: AT + 31 * MINUTE })).toMatchObject([
    { agency: 'police', workingMinutes: 10 },
    { agency: 'post', workingMinutes: 20 },
    { party: 'applicant', workingMinutes: 2 },
  ]);
  expect(await add({ region: '3308', matter: 'another' })).toEqual([]);
});

it('the time of a step counts in the division that decides it', async () => {
  const caseId = await endCase('330805', { register: 11 });
  await database.db.query(`update steps set division = '330806' where case_id = $1`, [caseId]);
  expect(await add({ region: '330805' })).toEqual([]);
  expect(await add({ region: '330806' })).toMatchObject([
    { party: 'agency', agency: 'police', workingMinutes: 10 },
    { party: 'applicant', workingMinutes: 1 },
  ]);
});

it('more steps than a page holds are each read once', async () => {
  const region = '330803';
  const { caseId } = await accept(database, { region });
  await database.db.query(
    `insert into steps (case_id, id, definition, position, agency, division, kind, status, clock, ended_at)
    select $1, 'many-' || n, 'many', 10 + n, 'tax', '330803', 'approve', 'done', $2, $3 from generate_series(1, 2500) as n`,
    [caseId, { startedAt: AT, holds: [], endedAt: AT + MINUTE }, new Date(AT + MINUTE)],
  );
  expect(await add({ region })).toEqual([
    { party: 'agency', agency: 'tax', workingMinutes: 2500, plainMs: 2500 * MINUTE },
  ]);
});

it('a step has the instant at which its last answer arrived', async () => {
  const caseId = await endCase('330804', { register: 10 });
  await database.db.query(
    `insert into inbox (case_id, message_id, source, message, body_hash, received_at) values ($1, 'm', 'callback', '{}', '', $2)`,
    [caseId, new Date(AT + 7 * MINUTE)],
  );
  await database.db.query(`update steps set message_id = 'm' where case_id = $1 and id = 'register'`, [caseId]);
  const [step] = await listHeldSteps(database.db, caseId);
  expect(step).toMatchObject({ stepId: 'register', agency: 'police', answeredAt: AT + 7 * MINUTE });
});
