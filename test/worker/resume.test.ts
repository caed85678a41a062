import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRun } from '../../db/cases/runs.ts';
import { putMessage } from '../../db/messages/inbox.ts';
import { confirmRunLoss, findRunLoss, recordNamespace } from '../../db/supervision/run-losses.ts';
import type { Message } from '../../domain/case/messages.ts';
import { getStep } from '../../domain/matter/compile.ts';
import { createNamespace } from '../support/temporal.ts';
import { CHECK, openRig, SUPERVISOR, useCases, WAIT, type Rig } from './losing.ts';

describe('a case whose workflow is lost', () => {
  let rig: Rig;
  let cases: ReturnType<typeof useCases>;
  beforeAll(async () => {
    rig = await openRig();
    cases = useCases(rig);
  });
  afterAll(() => rig.close());

  it.each(['terminate', 'remove', 'reset'] as const)(
    'continues by itself after %s, and what was decided meanwhile counts once',
    { timeout: 150_000 },
    async (lose) => {
      const waiting = await cases.startWaiting();
      const supplement = await cases.startWaiting();
      await cases.askForSupplement(supplement);
      const runs = await Promise.all([waiting, supplement].map((caseId) => findRun(rig.installation.db, caseId)));
      await cases[lose](waiting);
      await cases[lose](supplement);
      await cases.decide(waiting);
      await cases.ended(waiting);
      await expect.poll(() => cases.entriesOf(supplement, 'case-resumed'), WAIT).toHaveLength(1);
      await cases.answerSupplement(supplement);
      await cases.ended(supplement);
      for (const [index, caseId] of [waiting, supplement].entries()) {
        const by = { role: 'system', id: 'watcher' };
        expect(await cases.entriesOf(caseId, 'case-resumed')).toEqual([expect.objectContaining({ by })]);
        expect(await findRun(rig.installation.db, caseId)).not.toBe(runs[index]);
      }
    },
  );
});

describe('a reply of an agency that only a replaced run got', () => {
  it('is dispatched to the new run', { timeout: 150_000 }, async () => {
    const rig = await openRig();
    const { installation } = rig;
    const cases = useCases(rig);
    try {
      const caseId = await cases.startWaiting();
      await cases.terminate(caseId);
      const by = { role: 'agency', id: getStep(installation.matter(), CHECK).agency } as const;
      const message: Message = { kind: 'decision', id: 'lost', stepId: CHECK, round: 1, decision: 'approved', by };
      const stored = { caseId, messageId: 'lost', stepId: CHECK, round: 1, source: 'reply', message } as const;
      await putMessage(installation.db, installation.cipher, { ...stored, settled: { kind: 'applied' } });
      await expect.poll(() => cases.statusOf(caseId, CHECK), WAIT).toBe('done');
      expect(await cases.entriesOf(caseId, 'step-decided')).toMatchObject([{ messageId: 'lost' }]);
    } finally {
      await rig.close();
    }
  });
});

describe('many cases whose workflows are lost', () => {
  it('wait for a supervisor, as one incident, and then all continue', { timeout: 150_000 }, async () => {
    const rig = await openRig();
    const { db, cipher } = rig.installation;
    const cases = useCases(rig);
    try {
      const all = await Promise.all(Array.from({ length: 6 }, () => cases.startWaiting()));
      await Promise.all(all.map(cases.terminate));
      await expect.poll(() => findRunLoss(db), WAIT).toMatchObject({ why: 'many' });
      for (const caseId of all) await cases.decide(caseId);
      await expect.poll(() => cases.countStalls('WORKFLOW_MISSING'), WAIT).toBe(6);
      await expect.poll(() => cases.countStalls('WORKFLOWS_LOST'), WAIT).toBe(1);
      for (const caseId of all) expect(await cases.entriesOf(caseId, 'case-resumed')).toEqual([]);

      const { id } = (await findRunLoss(db))!;
      expect(await confirmRunLoss(db, cipher, { id, by: SUPERVISOR, reason: 'checked' })).toBe(true);
      expect(await confirmRunLoss(db, cipher, { id, by: SUPERVISOR, reason: 'twice' })).toBe(false);
      for (const caseId of all) {
        await cases.ended(caseId);
        expect(await cases.entriesOf(caseId, 'case-resumed')).toEqual([expect.objectContaining({ by: SUPERVISOR })]);
      }
      await expect.poll(() => cases.countStalls('WORKFLOWS_LOST'), WAIT).toBe(0);
      await expect.poll(() => findRunLoss(db), WAIT).toBeUndefined();
    } finally {
      await rig.close();
    }
  });
});

describe('another namespace of Temporal', () => {
  it('resumes nothing by itself until a supervisor confirms the one incident', { timeout: 150_000 }, async () => {
    const rig = await openRig();
    const { db, cipher, config, temporal } = rig.installation;
    const cases = useCases(rig);
    try {
      const both = [await cases.startWaiting(), await cases.startWaiting()];
      const { namespace } = await createNamespace(config.TEMPORAL_ADDRESS);
      await rig.whileStopped(() => {
        config.TEMPORAL_NAMESPACE = namespace;
        return Promise.resolve();
      });
      await expect.poll(() => findRunLoss(db), WAIT).toMatchObject({ why: 'namespace' });
      for (const caseId of both) await cases.decide(caseId);
      await expect.poll(() => cases.countStalls('WORKFLOW_MISSING'), WAIT).toBe(2);
      await expect.poll(() => cases.countStalls('NAMESPACE_CHANGED'), WAIT).toBe(1);
      const losses = await db.query('select from run_losses');
      expect(losses.rowCount).toBe(1);
      for (const caseId of both) expect(await cases.entriesOf(caseId, 'case-resumed')).toEqual([]);

      const { id } = (await findRunLoss(db))!;
      expect(await confirmRunLoss(db, cipher, { id, by: SUPERVISOR, reason: 'moved' })).toBe(true);
      for (const caseId of both) {
        await cases.ended(caseId);
        expect(await cases.entriesOf(caseId, 'case-resumed')).toEqual([expect.objectContaining({ by: SUPERVISOR })]);
      }
      await expect.poll(() => cases.countStalls('NAMESPACE_CHANGED'), WAIT).toBe(0);
      await expect.poll(() => findRunLoss(db), WAIT).toBeUndefined();

      // The new namespace is the recorded one now.
      const { namespaceInfo } = await temporal.workflowService.describeNamespace({ namespace });
      expect(await recordNamespace(db, 'another')).toBe(namespaceInfo?.id);
      const next = await cases.startWaiting();
      await cases.terminate(next);
      await cases.decide(next);
      await cases.ended(next);
    } finally {
      await rig.close();
    }
  });
});
