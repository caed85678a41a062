import { recordProgress, type StepChange } from '../db/ledger.ts';
import { deadlines } from '../matters/clock.ts';
import { findStep } from '../matters/compile.ts';
import type { LedgerEntry } from '../matters/engine/ledger.ts';
import type { StepState } from '../matters/engine/state.ts';
import { isStepEnd, type CaseStatus } from '../matters/engine/status.ts';
import type { Matter, Step } from '../matters/schema.ts';
import type { Dependencies } from './dependencies.ts';

/** What happened since the last call: the entries, and the steps and the case as they are after them. */
export interface Progress {
  caseId: string;
  prevSeq: number;
  /** Hash of the entry before these, hex. */
  prevHash: string;
  entries: LedgerEntry[];
  matter: { code: string; version: number };
  status: CaseStatus;
  withdrawing: boolean;
  /** The steps that changed. */
  steps: Record<string, StepState>;
}

export const createProgressActivities = (deps: Dependencies) => ({
  /**
   * Writes entries, steps and case in one transaction. Deadlines are set here, from the instants in the entries and the
   * calendar. Safe to repeat: the same entries on the same ledger change nothing and give the same answer.
   */
  async recordProgress(progress: Progress): Promise<{ seq: number; hash: string }> {
    const { matter: version, steps, ...rest } = progress;
    const matter = await deps.matter(version.code, version.version);
    const changes = Object.entries(steps).map(([id, step]) => stepChange(deps, matter, id, step, progress.entries));
    return recordProgress(deps.db, {
      ...rest,
      ...caseTimes(deps, matter, progress.entries),
      steps: await Promise.all(changes),
    });
  },
});

const caseTimes = (deps: Dependencies, matter: Matter, entries: LedgerEntry[]) => {
  const accepted = entries.find((entry) => entry.kind === 'case-accepted');
  const ended = entries.find((entry) => entry.kind === 'case-ended');
  return {
    ...(accepted && {
      acceptedAt: accepted.at,
      ...deadlines({ calendar: deps.calendar, startedAt: accepted.at, limit: matter.limit, pauses: [] }),
    }),
    ...(ended && { endedAt: ended.at }),
  };
};

const stepChange = async (
  deps: Dependencies,
  matter: Matter,
  id: string,
  state: StepState,
  entries: LedgerEntry[],
): Promise<StepChange> => {
  const found = findStep(matter, id);
  if (!found) throw new Error(`no step ${id} in ${matter.code} version ${matter.version}`);
  const own = entries.filter((entry) => 'stepId' in entry && entry.stepId === id && entry.kind !== 'message-refused');
  const started = own.find((entry) => entry.kind === 'step-submitted' && entry.round === 1);
  const ended = isStepEnd(state.status) ? own.at(-1) : undefined;
  const accepted = state.status === 'accepted' ? own.findLast((entry) => entry.kind === 'step-accepted') : undefined;
  return {
    id,
    status: state.status,
    round: state.round,
    undo: state.undo === true,
    ...(state.decided && { decision: state.decided.decision, messageId: state.decided.messageId }),
    ...(state.attention && { attention: state.attention }),
    ...(state.because !== undefined && { because: state.because }),
    ...(state.supplementId !== undefined && { supplementId: state.supplementId }),
    ...(started && { startedAt: started.at, ...stepDeadlines(deps, found.step, started.at) }),
    ...(ended && { endedAt: ended.at }),
    ...(accepted && { enquireAt: await enquiryAt(deps, found.step, accepted.at) }),
  };
};

const stepDeadlines = (deps: Dependencies, step: Step, startedAt: number) =>
  deadlines({ calendar: deps.calendar, startedAt, limit: step.limit, pauses: [] });

/** When a system that has accepted a step and stays silent is asked; officers of a worklist are not asked by machine. */
const enquiryAt = async (deps: Dependencies, step: Step, acceptedAt: number): Promise<number | null> => {
  const agency = await deps.agency(step.agency);
  return agency.connection === 'push' ? acceptedAt + agency.enquireAfterS * 1_000 : null;
};
