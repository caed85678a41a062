import type { Pool } from 'pg';
import { approveLost, countLost, dropEnded, reportLost, type LostCase } from '../db/supervision/resumptions.ts';
import {
  closeRunLoss,
  findRunLoss,
  openRunLoss,
  recordNamespace,
  replaceNamespace,
  type RunLoss,
} from '../db/supervision/run-losses.ts';
import { settleStalls } from '../db/supervision/stalls.ts';
import { systemActor } from '../domain/case/system-actors.ts';
import { whyNotAutomatic, type MassLoss } from '../domain/supervision/lost-runs.ts';
import type { Fault } from '../domain/waiting/causes.ts';
import type { Wait } from '../domain/waiting/wait.ts';
import type { Temporal } from './temporal.ts';

const BY = systemActor('watcher');
/** The part of the machinery that the incident is about, in the list of stalls. */
const SUBJECT = 'workflows';

export interface LostRuns {
  /**
   * Reports these cases, and approves that every lost case continues, unless a person has to
   * confirm it. `sweptSince`: all open cases were looked at since then. Returns whether lost cases
   * resume by themselves.
   */
  settle: (lost: readonly LostCase[], sweptSince: number) => Promise<{ resume: boolean }>;
}

/** Decides about the cases whose workflows were lost. One incident stands for many of them. */
export const createLostRuns = ({ db, temporal }: { db: Pool; temporal: Temporal }): LostRuns => {
  const isSameNamespace = async (): Promise<boolean> => {
    const namespaceId = await temporal.namespaceId();
    return (await recordNamespace(db, namespaceId)) === namespaceId;
  };

  /** Returns whether a supervisor has to confirm it. Then, and only then, it is a stall. */
  const settleIncident = async (incident: RunLoss, lost: number, sweptSince: number): Promise<boolean> => {
    const { id, why, confirmedAt, confirmedBy } = incident;
    const waits = confirmedBy === undefined && lost > 0;
    await settleStalls(db, [{ subject: SUBJECT, stall: waits ? stallOf(incident) : undefined }]);
    if (waits) return true;
    if (confirmedBy && why === 'namespace') await replaceNamespace(db, await temporal.namespaceId());
    if (confirmedBy) await approveLost(db, confirmedBy);
    // The next lost cases have the same reason until all open cases were looked at.
    if (lost === 0 && (confirmedAt === undefined || sweptSince >= confirmedAt)) await closeRunLoss(db, id);
    return false;
  };

  let isRecorded = false;

  return {
    settle: async (found, sweptSince) => {
      await reportLost(db, found);
      await dropEnded(db);
      const { lost, ahead } = await countLost(db);
      const open = await findRunLoss(db);
      if (open) return { resume: !(await settleIncident(open, lost, sweptSince)) };
      if (lost === 0 && isRecorded) return { resume: true };
      const why = whyNotAutomatic({ lost, ahead, isSameNamespace: await isSameNamespace() });
      isRecorded = true;
      if (!why) await approveLost(db, BY);
      // The next round makes it a stall.
      else await openRunLoss(db, why);
      return { resume: !why };
    },
  };
};

const FAULTS_OF: Record<MassLoss, Fault> = {
  many: 'WORKFLOWS_LOST',
  namespace: 'NAMESPACE_CHANGED',
  ledger: 'LEDGERS_SHORT',
};

const stallOf = ({ why, openedAt: since }: RunLoss): Wait => ({
  ...{ cause: 'system', detail: FAULTS_OF[why], turn: 'system', since, stallsAt: since },
});
