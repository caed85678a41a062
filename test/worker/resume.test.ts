import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { verifyLedger } from '../../db/cases/ledger-verification.ts';
import { listNotices } from '../../db/cases/notices.ts';
import { findRun } from '../../db/cases/runs.ts';
import { putMessage } from '../../db/messages/inbox.ts';
import { confirmRunLoss, findRunLoss } from '../../db/supervision/run-losses.ts';
import type { DecisionReply } from '../../agencies/contract.ts';
import type { Message } from '../../domain/case/messages.ts';
import { getStep } from '../../domain/matter/compile.ts';
import { runWatcher, type RunningWatcher } from '../../watcher/run.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { sampleForm } from '../support/matters.ts';
import { install, type Installation } from '../support/product.ts';

const WAIT = { timeout: 60_000, interval: 200 };
const CHECK = 'marriage-check';
const CERTIFICATE = 'birth-certificate';
const SUPERVISOR = { role: 'supervisor', id: 'supervisor-1' } as const;

interface Rig {
  installation: Installation;
  close: () => Promise<void>;
}

/** One agency holds its requests, one has a worklist, all others decide at once. */
const open = async (): Promise<Rig> => {
  const installation = await install(inject('servers'));
  const matter = installation.matter();
  await installation.behaveAll({ mode: 'decide' });
  await installation.behave(getStep(matter, CHECK).agency, { mode: 'hold' });
  await installation.setAgency(getStep(matter, CERTIFICATE).agency, { connection: 'worklist' });
  await installation.work();
  const watcher: RunningWatcher = await runWatcher(
    { ...installation.config, WATCHER_PORT: 0, WATCHER_HOST: '127.0.0.1' },
    pino({ level: 'silent' }),
  );
  return {
    installation,
    close: async () => {
      await watcher.stop();
      await installation.close();
    },
  };
};

const useCases = ({ installation }: Rig) => {
  const { temporal, db, config } = installation;
  const service = temporal.workflowService;
  const namespace = config.TEMPORAL_NAMESPACE;
  const handleOf = (caseId: string) => temporal.workflow.getHandle(caseWorkflowId(caseId));
  const statusOf = async (caseId: string, stepId: string) => (await installation.step(caseId, stepId)).status;
  const entriesOf = async (caseId: string, kind: string) =>
    (await installation.ledger(caseId)).filter((entry) => entry.kind === kind);
  const agencyOf = (stepId: string) => getStep(installation.matter(), stepId).agency;
  /** The officer of the worklist approves. */
  const approve = (caseId: string): Promise<unknown> => {
    const by = { role: 'agency', id: agencyOf(CERTIFICATE) } as const;
    const id = randomUUID();
    return installation.send(caseId, { kind: 'decision', id, stepId: CERTIFICATE, round: 1, decision: 'approved', by });
  };
  /** The agency decides about the request that it holds. */
  const answer = (caseId: string, decision: DecisionReply, round = 1): Promise<unknown> =>
    installation.answer(agencyOf(CHECK), `${caseId}:${CHECK}:${round}`, decision);

  return {
    handleOf,
    statusOf,
    entriesOf,
    /** The decisions for which it waits. */
    decide: async (caseId: string): Promise<void> => {
      await approve(caseId);
      await answer(caseId, { decision: 'approved' });
    },
    /** Waits for an agency with one step, and for an officer with another. */
    startWaiting: async (): Promise<string> => {
      const { caseId } = await installation.submit(sampleForm('certificates-only'));
      await expect.poll(() => statusOf(caseId, CHECK), WAIT).toBe('accepted');
      await expect.poll(() => statusOf(caseId, CERTIFICATE), WAIT).toBe('accepted');
      return caseId;
    },
    /** Waits for the applicant, who was notified of what is missing. */
    askForSupplement: async (caseId: string): Promise<void> => {
      await approve(caseId);
      await answer(caseId, { decision: 'supplement', supplements: [{ field: 'mother.idNo', reason: 'unreadable' }] });
      await expect.poll(async () => (await listNotices(db, caseId))[0]?.status, WAIT).toBe('open');
    },
    answerSupplement: async (caseId: string): Promise<void> => {
      const [notice] = await listNotices(db, caseId);
      const { id: noticeId, items } = notice!;
      const message: Message = {
        ...{ kind: 'supplement-answer', id: randomUUID(), by: { role: 'applicant', id: 'applicant' }, noticeId },
        ...{ items: items.map(({ id }) => id), affected: [] },
      };
      await installation.send(caseId, message);
      await expect.poll(() => statusOf(caseId, CHECK), WAIT).toBe('accepted');
      await answer(caseId, { decision: 'approved' }, 2);
    },
    terminate: (caseId: string): Promise<unknown> => handleOf(caseId).terminate('by mistake'),
    remove: (caseId: string): Promise<unknown> =>
      service.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId: caseWorkflowId(caseId) } }),
    reset: async (caseId: string): Promise<unknown> => {
      const handle = handleOf(caseId);
      const { events } = await handle.fetchHistory();
      const first = events?.find(({ workflowTaskCompletedEventAttributes: completed }) => Boolean(completed));
      const { runId } = await handle.describe();
      return service.resetWorkflowExecution({
        ...{ namespace, requestId: randomUUID(), reason: 'by mistake' },
        workflowExecution: { workflowId: handle.workflowId, runId },
        workflowTaskFinishEventId: first!.eventId!,
      });
    },
    ended: async (caseId: string): Promise<void> => {
      await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
      await installation.settled(caseId);
      expect(await verifyLedger(db, caseId)).toEqual([]);
      // One effect at each agency for each request.
      for (const entry of await entriesOf(caseId, 'step-decided')) {
        const requestId = 'round' in entry ? `${caseId}:${entry.stepId}:${entry.round}` : '';
        const count = requestId.includes(CERTIFICATE) ? 0 : 1;
        expect(await installation.effects(requestId), requestId).toHaveLength(count);
      }
    },
  };
};

describe('a case whose workflow is lost', () => {
  let rig: Rig;
  let cases: ReturnType<typeof useCases>;
  beforeAll(async () => {
    rig = await open();
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
    const rig = await open();
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
    const rig = await open();
    const { db, cipher } = rig.installation;
    const cases = useCases(rig);
    try {
      const all = await Promise.all(Array.from({ length: 6 }, () => cases.startWaiting()));
      await Promise.all(all.map(cases.terminate));
      await expect.poll(() => findRunLoss(db), WAIT).toMatchObject({ why: 'many' });
      for (const caseId of all) await cases.decide(caseId);
      const stalls = async (detail: string) => {
        const { rows } = await db.query('select from stalls where cleared_at is null and detail = $1', [detail]);
        return rows.length;
      };
      await expect.poll(() => stalls('WORKFLOW_MISSING'), WAIT).toBe(6);
      await expect.poll(() => stalls('WORKFLOWS_LOST'), WAIT).toBe(1);
      for (const caseId of all) expect(await cases.entriesOf(caseId, 'case-resumed')).toEqual([]);

      const { id } = (await findRunLoss(db))!;
      expect(await confirmRunLoss(db, cipher, { id, by: SUPERVISOR, reason: 'checked' })).toBe(true);
      expect(await confirmRunLoss(db, cipher, { id, by: SUPERVISOR, reason: 'twice' })).toBe(false);
      for (const caseId of all) {
        await cases.ended(caseId);
        expect(await cases.entriesOf(caseId, 'case-resumed')).toEqual([expect.objectContaining({ by: SUPERVISOR })]);
      }
      await expect.poll(() => stalls('WORKFLOWS_LOST'), WAIT).toBe(0);
      await expect.poll(() => findRunLoss(db), WAIT).toBeUndefined();
    } finally {
      await rig.close();
    }
  });
});
