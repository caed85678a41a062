import type { Pool } from 'pg';
import { settleStalls, type StallVerdict } from '../db/supervision/stalls.ts';
import {
  casesToWatch,
  openCasesAfter,
  stepsToWatch,
  listWatchedCases,
  type WatchedCase,
  type WatchedStep,
} from '../db/supervision/watch.ts';
import type { Calendar } from '../domain/calendar/calendar.ts';
import type { Matter } from '../domain/matter/schema.ts';
import { caseWait, caseWaitUnder } from '../domain/waiting/case-wait.ts';
import type { Fault } from '../domain/waiting/causes.ts';
import { waitOfStep } from '../domain/waiting/question.ts';
import { isStalled, isSuspect, lookAt, type Wait } from '../domain/waiting/wait.ts';
import type { LostCase } from '../db/supervision/resumptions.ts';
import type { Calendars } from '../runtime/reference-data.ts';
import type { Machinery } from './machinery.ts';
import { createLostRuns } from './lost-runs.ts';
import { queueOf, type WorkflowFaults, type Temporal } from './temporal.ts';

/**
 * The limit of each kind in one round: ten thousand stalls are all checked again within twenty
 * rounds.
 */
const AT_ONCE = 500;
/** The number of cases that are looked up in Temporal in one round, and at once. */
const LOOKS = 60;
const LOOKS_AT_A_TIME = 10;
/**
 * A wait is checked again after this time if Temporal was asked about it, or if its whole case
 * explains it.
 */
const AGAIN_MS = 3_000;
const SWEEP_EVERY_MS = 3_000;
/**
 * The lease of a relay that died (worker/relay/dispatch-messages.ts): it may not have written the
 * end of a case.
 */
const WRITTEN_MS = 30_000;
/** Temporal's lists lag behind events. */
const LIST_LAG_MS = 60_000;

export interface RoundOptions {
  db: Pool;
  temporal: Temporal;
  calendars: Pick<Calendars, 'newest'>;
  matter: (code: string, version: number) => Promise<Matter>;
}

type Round = (now: number, machinery: Machinery) => Promise<void>;

/**
 * Checks what may be stalled, asks Temporal about what should move by itself and does not, and
 * settles the stalls.
 */
export const createRound = (options: RoundOptions): Round => {
  const { db, temporal } = options;
  let swept: { submittedAt: number; caseId: string } | undefined;
  let sweepAt = 0;
  let listedAt: number | undefined;
  /** When the sweep through all open cases began, and when the last whole one did. */
  let sweepBeganAt: number | undefined;
  let sweptSince = 0;
  const lostRuns = createLostRuns(options);

  /**
   * Finds cases that nothing else leads to: terminated in Temporal by hand, or missing there. It
   * asks the list of terminated cases for new ones, and goes through all open cases, some at a
   * time.
   */
  const sweep = async (now: number): Promise<string[]> => {
    if (now < sweepAt) return [];
    sweepAt = now + SWEEP_EVERY_MS;
    const ended = await temporal.brokenOff((listedAt ?? now) - LIST_LAG_MS).catch(() => undefined);
    if (ended) listedAt = now;
    const next = await openCasesAfter(db, swept, LOOKS / 2);
    sweepBeganAt ??= now;
    swept = next.length < LOOKS / 2 ? undefined : next.at(-1);
    if (swept === undefined) {
      // What this round found is settled with the next one.
      sweptSince = sweepBeganAt;
      sweepBeganAt = undefined;
    }
    return [...(ended ?? []), ...next.map(({ caseId }) => caseId)];
  };

  return async (now, machinery) => {
    const [steps, suspects, missed] = await Promise.all([
      stepsToWatch(db, AT_ONCE),
      casesToWatch(db, AT_ONCE),
      machinery.temporalAnswers ? sweep(now) : [],
    ]);
    const ids = new Set([...steps.map(({ caseId }) => caseId), ...suspects, ...missed]);
    if (ids.size === 0) {
      if (!machinery.fault) await lostRuns.settle([], sweptSince);
      return;
    }
    const cases = new Map((await listWatchedCases(db, [...ids])).map((found) => [found.caseId, found]));
    const calendar = await options.calendars.newest();
    const waits = await Promise.all(
      steps.map(async (step) => ({
        step,
        judge: stepJudge(calendar, step, await options.matter(step.matter, step.version), now),
      })),
    );

    const asked = new Set([...suspects, ...missed]);
    for (const { step, judge } of waits) {
      const found = cases.get(step.caseId);
      const wait = judge(found && caseWait(found));
      if (wait && isSuspect(wait, now)) asked.add(step.caseId);
    }
    const there = machinery.fault ? new Map<string, WorkflowFaults>() : await askTemporal(options, cases, asked, now);
    const lost = [...there].flatMap(([caseId, { fault }]) => lossOf(caseId, fault));
    const { resume } = machinery.fault ? { resume: false } : await lostRuns.settle(lost, sweptSince);
    const caseWaits = new Map(
      [...cases].map(([caseId, found]) => {
        const code = machinery.fault ?? there.get(caseId)?.fault;
        const wait = caseWaitUnder(found, code, now);
        return [caseId, wait && lossOf(caseId, code).length > 0 ? withResumption(wait, resume) : wait];
      }),
    );

    const known = new Set(suspects);
    const judgedCases = [...cases.values()]
      .map((found) => judgeCase(found, caseWaits.get(found.caseId), now))
      .filter(({ caseId = '', stall }) => stall !== undefined || known.has(caseId));
    const judgedSteps = waits.map(({ step, judge }) => {
      const fault = machinery.fault ?? there.get(step.caseId)?.agencies.get(queueOf(step.agency).name);
      const ended = cases.get(step.caseId)?.endedAt !== undefined;
      return judgeStep(step, ended ? undefined : judge(caseWaits.get(step.caseId), fault), now);
    });
    await settleStalls(db, [...judgedCases, ...judgedSteps]);
  };
};

/** A case whose workflow cannot continue it. */
const lossOf = (caseId: string, fault: Fault | undefined): LostCase[] => {
  if (fault === 'WORKFLOW_MISSING') return [{ caseId, why: 'missing' }];
  return fault === 'WORKFLOW_RESET' ? [{ caseId, why: 'reset' }] : [];
};

const withResumption = ({ next: _next, ...wait }: Wait, resume: boolean): Wait => ({
  ...wait,
  ...(resume && { next: { kind: 'resume' } }),
});

/** Why a step waits, as a function of the facts about its case and its sending. */
const stepJudge =
  (calendar: Calendar, step: WatchedStep, matter: Matter, now: number) =>
  (ofCase: Wait | undefined, fault?: Fault): Wait | undefined =>
    waitOfStep(step, {
      ...{ now, calendar, matter, ofCase, fault },
      ...{ agency: step.registered, sending: step.sending, notice: noticeOf(step), dues: step.dues },
    });

const noticeOf = ({ noticeStatus: status, notifiedAt }: WatchedStep) =>
  status && { status, ...(notifiedAt !== undefined && { notifiedAt }) };

const judgeCase = (
  { caseId, matter, region, division, ...place }: WatchedCase,
  wait: Wait | undefined,
  now: number,
): StallVerdict => ({
  ...{ caseId, matter, region, division },
  ...clockOf(place),
  stall: wait && isStalled(wait, now) ? wait : undefined,
});

const judgeStep = (step: WatchedStep, wait: Wait | undefined, now: number): StallVerdict => {
  const { caseId, stepId, matter, region, division, agency } = step;
  const of = { caseId, stepId, matter, region, division, agency, ...clockOf(step) };
  if (!wait) return { ...of, stall: undefined, look: { at: undefined } };
  // The stall belongs to its case.
  if (wait.ofCase) return { ...of, stall: undefined, look: { at: now + AGAIN_MS } };
  if (isStalled(wait, now)) return { ...of, stall: wait, look: { at: undefined } };
  const at = lookAt(wait);
  return { ...of, stall: undefined, look: { at: at === undefined ? undefined : Math.max(at, now + AGAIN_MS) } };
};

const clockOf = ({
  yellowAt,
  promisedAt,
  statutoryAt,
  pausedAt,
  judgedAs,
}: Pick<WatchedCase, 'yellowAt' | 'promisedAt' | 'statutoryAt' | 'pausedAt' | 'judgedAs'>) => ({
  ...(yellowAt !== undefined && { yellowAt }),
  ...(promisedAt !== undefined && { promisedAt }),
  ...(statutoryAt !== undefined && { statutoryAt }),
  ...(pausedAt !== undefined && { pausedAt }),
  judgedAs,
});

/**
 * What Temporal knows about these cases. A case that is missing there and has ended here meanwhile
 * is no fault.
 */
const askTemporal = async (
  { db, temporal }: RoundOptions,
  cases: ReadonlyMap<string, WatchedCase>,
  asked: ReadonlySet<string>,
  now: number,
): Promise<Map<string, WorkflowFaults>> => {
  const open = [...asked]
    .filter((caseId) => cases.get(caseId)?.started === true && cases.get(caseId)?.endedAt === undefined)
    .slice(0, LOOKS);
  const there = new Map<string, WorkflowFaults>();
  for (let from = 0; from < open.length; from += LOOKS_AT_A_TIME) {
    const some = open.slice(from, from + LOOKS_AT_A_TIME);
    const looks = await Promise.allSettled(
      some.map(async (caseId) => there.set(caseId, await temporal.look(caseId, cases.get(caseId)?.runId))),
    );
    // Temporal does not answer now: the rest is asked in the next round.
    if (looks.some(({ status }) => status === 'rejected')) break;
  }
  const missing = [...there].flatMap(([caseId, { fault }]) => lossOf(caseId, fault)).map(({ caseId }) => caseId);
  for (const found of missing.length === 0 ? [] : await listWatchedCases(db, missing)) {
    const { caseId, endedAt, ledgerSeq, started } = found;
    const before = cases.get(caseId);
    const moved = endedAt !== undefined || !started || ledgerSeq !== before?.ledgerSeq || found.runId !== before.runId;
    const isWriting = there.get(caseId)?.hasCompleted === true && mayBeBeingWritten(found, now);
    if (moved || isWriting) there.delete(caseId);
  }
  return there;
};

/**
 * A case can close in Temporal before the relay that brought its start or its last message has
 * written its end.
 */
const mayBeBeingWritten = ({ messageSince, submittedAt, ledgerSeq }: WatchedCase, now: number): boolean => {
  const broughtAt = messageSince ?? (ledgerSeq === 1 ? submittedAt : undefined);
  return broughtAt !== undefined && now - broughtAt < WRITTEN_MS;
};
