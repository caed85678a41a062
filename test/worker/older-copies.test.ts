import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProjectionActivities } from '../../activities/projection.ts';
import { readCaseState } from '../../db/cases/case-state.ts';
import { getCase } from '../../db/cases/cases.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import { findRun } from '../../db/cases/runs.ts';
import { confirmRunLoss, findRunLoss } from '../../db/supervision/run-losses.ts';
import { changesOf } from '../../domain/case/changes.ts';
import { next } from '../../domain/case/engine.ts';
import { getStep } from '../../domain/matter/compile.ts';
import { cacheAgencies, cacheCalendars, cacheMatters } from '../../runtime/reference-data.ts';
import type { CaseInput } from '../../workflows/messages.ts';
import { caseWorkflowId, MATTERS_QUEUE } from '../../workflows/names.ts';
import { CERTIFICATE, CHECK, copyPostgres, openRig, SUPERVISOR, useCases, WAIT, type Rig } from './losing.ts';

let rig: Rig;
let cases: ReturnType<typeof useCases>;
beforeAll(async () => {
  rig = await openRig();
  cases = useCases(rig);
});
afterAll(() => rig.close());

describe('Temporal that is older than Postgres', () => {
  it(
    'has runs behind their ledgers, which are found although nothing is sent to them',
    { timeout: 150_000 },
    async () => {
      const caseId = await cases.startWaiting();
      await rig.whileStopped(() => urgeWithoutRun(caseId));
      await expect.poll(() => cases.entriesOf(caseId, 'case-resumed'), WAIT).toHaveLength(1);
      const { db } = rig.installation;
      const { rows } = await db.query('select from stalls where case_id = $1 and detail = $2', [
        caseId,
        'WORKFLOW_BEHIND',
      ]);
      expect(rows).toHaveLength(1);
      await cases.decide(caseId);
      await cases.ended(caseId);
      expect(await cases.entriesOf(caseId, 'step-urged')).toHaveLength(1);
    },
  );

  it('has runs of cases that have ended, which are terminated', { timeout: 150_000 }, async () => {
    const { installation } = rig;
    const caseId = await cases.startWaiting();
    await cases.decide(caseId);
    await cases.ended(caseId);
    await expect.poll(async () => (await cases.handleOf(caseId).describe()).status.name, WAIT).toBe('COMPLETED');
    // The run does not get far.
    await installation.behaveAll({ mode: 'down' });
    await startFromBeginning(caseId);
    await expect.poll(async () => (await cases.handleOf(caseId).describe()).status.name, WAIT).toBe('TERMINATED');
    await installation.behaveAll({ mode: 'decide' });
    await installation.behave(getStep(installation.matter(), CHECK).agency, { mode: 'hold' });
    expect(await installation.status(caseId)).toBe('completed');
    await cases.ended(caseId);
  });
});

describe('Postgres that is older than Temporal', () => {
  it(
    'continues no case until a supervisor confirms it, names the workflows without a case, and sends nothing twice',
    { timeout: 200_000 },
    async () => {
      const { installation } = rig;
      const { db, cipher } = installation;
      const agency = getStep(installation.matter(), CHECK).agency;
      await installation.setAgency(agency, { enquireAfterS: 2 });
      const [running, completed] = [await cases.startWaiting(), await cases.startWaiting()];
      const restore = await copyPostgres(rig);
      const stray = await cases.startWaiting();
      await cases.approve(running);
      await expect.poll(() => cases.statusOf(running, CERTIFICATE), WAIT).toBe('done');
      await cases.approve(completed);
      await expect.poll(() => cases.statusOf(completed, CERTIFICATE), WAIT).toBe('done');
      await cases.answer(completed, { decision: 'approved' });
      await cases.ended(completed);
      await expect.poll(async () => (await cases.handleOf(completed).describe()).status.name, WAIT).toBe('COMPLETED');
      await rig.whileStopped(restore);

      await expect.poll(() => findRunLoss(db), WAIT).toMatchObject({ why: 'ledger' });
      await expect.poll(() => cases.countStalls('LEDGER_SHORT'), WAIT).toBe(1);
      await expect.poll(() => cases.countStalls('LEDGERS_SHORT'), WAIT).toBe(1);
      await expect.poll(() => cases.countStalls('CASE_MISSING'), WAIT).toBe(1);
      const { rows } = await db.query('select subject from stalls where detail = $1', ['CASE_MISSING']);
      expect(rows).toEqual([{ subject: caseWorkflowId(stray) }]);
      // The run can still tell its last entries.
      await expect.poll(() => cases.statusOf(running, CERTIFICATE), WAIT).toBe('done');
      for (const caseId of [running, completed]) expect(await cases.entriesOf(caseId, 'case-resumed')).toEqual([]);

      const { id } = (await findRunLoss(db))!;
      expect(await confirmRunLoss(db, cipher, { id, by: SUPERVISOR, reason: 'compared' })).toBe(true);
      await expect.poll(() => cases.entriesOf(completed, 'case-resumed'), WAIT).toHaveLength(1);
      // What the officer had decided is not in the copy; what the agency has decided is asked of it.
      await cases.approve(completed);
      await cases.answer(running, { decision: 'approved' });
      await cases.ended(running);
      expect(await cases.entriesOf(running, 'case-resumed')).toEqual([]);
      await cases.ended(completed);
      await expect.poll(() => cases.countStalls('LEDGERS_SHORT'), WAIT).toBe(0);

      await cases.remove(stray);
      await expect.poll(() => cases.countStalls('CASE_MISSING'), WAIT).toBe(0);
    },
  );
});

/** Writes an entry as the run of the case would, which does not know of it. */
const urgeWithoutRun = async (caseId: string): Promise<void> => {
  const { db, cipher } = rig.installation;
  const found = await getCase(db, caseId);
  const { state, hash, at } = await readCaseState(db, found);
  const by = SUPERVISOR;
  const event = { kind: 'message', at, message: { kind: 'urge', id: 'urge', stepId: CHECK, by } } as const;
  const { entries, state: urged } = next(state, event);
  const { writeProjection } = createProjectionActivities({
    db,
    agencies: cacheAgencies(db, cipher).agencies,
    matter: cacheMatters(db, Date.now).matter,
    calendars: cacheCalendars(db, Date.now),
  });
  const runs = [(await findRun(db, caseId))!];
  await writeProjection({ caseId, prevSeq: state.seq, prevHash: hash, runs, ...changesOf(urged, entries) });
};

/** Starts the workflow of a case as on the first day. */
const startFromBeginning = async (caseId: string): Promise<void> => {
  const { db } = rig.installation;
  const found = await getCase(db, caseId);
  const [first] = await readLedger(db, caseId, 0, 1);
  const { receivedAt } = (await readCaseState(db, found)).state;
  const input: CaseInput = { caseId, plan: found.plan, receivedAt, ledgerHash: first!.hash };
  await cases.client().start(found.plan.matter, {
    workflowId: caseWorkflowId(caseId),
    taskQueue: MATTERS_QUEUE,
    args: [input],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
};
