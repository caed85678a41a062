import type { Pool } from 'pg';
import { settleStalls, type StallVerdict } from '../db/supervision/stalls.ts';
import {
  casesToWatch,
  stepsToWatch,
  listWatchedCases,
  type WatchedCase,
  type WatchedStep,
} from '../db/supervision/watch.ts';
import { systemActor } from '../domain/case/system-actors.ts';
import type { Calendar } from '../domain/calendar/calendar.ts';
import type { Matter } from '../domain/matter/schema.ts';
import { caseWait, caseWaitOfStall, caseWaitUnder } from '../domain/waiting/case-wait.ts';
import type { Fault } from '../domain/waiting/causes.ts';
import { waitOfStep } from '../domain/waiting/question.ts';
import { isStalled, isSuspect, lookAt, type Wait } from '../domain/waiting/wait.ts';
import { requestWriting, type LostCase } from '../db/supervision/resumptions.ts';
import type { Calendars } from '../runtime/reference-data.ts';
import { askTemporal, LOOKS, type Question } from './ask-temporal.ts';
import type { Machinery } from './machinery.ts';
import { createLostRuns } from './lost-runs.ts';
import { createStrayWatch, NO_STRAYS } from './strays.ts';
import { createSweep, type Swept } from './sweep.ts';
import { queueOf, type Temporal } from './temporal.ts';

/**
 * The limit of each kind in one round: ten thousand stalls are all checked again within twenty
 * rounds.
 */
const AT_ONCE = 500;
/**
 * A wait is checked again after this time if Temporal was asked about it, or if its whole case
 * explains it.
 */
const AGAIN_MS = 3_000;

export interface RoundOptions {
  db: Pool;
  temporal: Temporal;
  calendars: Pick<Calendars, 'newest'>;
  matter: (code: string, version: number) => Promise<Matter>;
}

const BY = systemActor('watcher');
const NOT_SWEPT: Swept = { cases: [], broken: [], comparing: false };

type Round = (now: number, machinery: Machinery) => Promise<void>;

/**
 * Checks what may be stalled, asks Temporal about what should move by itself and does not, and
 * settles the stalls.
 */
export const createRound = (options: RoundOptions): Round => {
  const { db } = options;
  const sweep = createSweep(options);
  const lookForStrays = createStrayWatch(options);
  const lostRuns = createLostRuns(options);
  const takeTurns = createTurns();

  return async (now, machinery) => {
    const [steps, suspects, swept, strays] = await Promise.all([
      stepsToWatch(db, AT_ONCE),
      casesToWatch(db, { limit: AT_ONCE, againMs: AGAIN_MS }),
      machinery.fault ? NOT_SWEPT : sweep.take(now, machinery.steadySince),
      machinery.fault ? NO_STRAYS : lookForStrays(now),
    ]);
    await settleStalls(db, strays.stalls);
    await requestWriting(db, strays.unwritten, BY);
    const ids = new Set([...steps.map(({ caseId }) => caseId), ...suspects, ...swept.cases, ...swept.broken]);
    if (ids.size === 0) {
      if (machinery.fault) return;
      sweep.finish(now, false);
      await lostRuns.settle(strays.lost, sweep.sweptSince());
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

    const asked = new Set([...suspects, ...swept.broken]);
    for (const { step, judge } of waits) {
      const found = cases.get(step.caseId);
      const wait = judge(found && caseWait(found));
      if (wait && isSuspect(wait, now)) asked.add(step.caseId);
    }
    const isOpen = (caseId: string) => cases.get(caseId)?.started === true && cases.get(caseId)?.endedAt === undefined;
    const others = [...asked].filter((caseId) => isOpen(caseId) && !swept.cases.includes(caseId));
    // The sweep comes first: any number of known stalls must not keep it from finding others.
    const wanted = machinery.fault
      ? []
      : [...swept.cases.filter(isOpen), ...takeTurns(others, LOOKS - swept.cases.length)];
    const questions = wanted.flatMap((caseId): Question[] => {
      const found = cases.get(caseId);
      const compare = (asked.has(caseId) || swept.comparing) && found?.lost === undefined;
      return found ? [{ found, compare }] : [];
    });
    const { there, unanswered, unwritten } = await askTemporal(options, questions, now);
    if (!machinery.fault)
      sweep.finish(
        now,
        swept.cases.some((caseId) => unanswered.has(caseId)),
      );
    await requestWriting(db, unwritten, BY);
    const faultOf = (caseId: string): Fault | undefined => {
      const known = cases.get(caseId)?.lost;
      if (known === 'ahead') return 'LEDGER_SHORT';
      return there.get(caseId)?.fault ?? (known === 'behind' ? 'WORKFLOW_BEHIND' : undefined);
    };
    const lost = [...there.keys()].flatMap((caseId) => lossOf(caseId, faultOf(caseId)));
    const { resume } = machinery.fault
      ? { resume: false }
      : await lostRuns.settle([...lost, ...strays.lost], sweep.sweptSince());
    const isSkipped = (caseId: string) =>
      !machinery.fault && isOpen(caseId) && !there.has(caseId) && (unanswered.has(caseId) || !wanted.includes(caseId));
    const caseWaits = new Map(
      [...cases].map(([caseId, found]) => {
        // Not looked up this time: what was found before still holds.
        if (isSkipped(caseId)) return [caseId, caseWaitOfStall(found, found.stall)];
        const code = machinery.fault ?? faultOf(caseId);
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

/** Some of a list that can be longer than `count`, others each time. */
const createTurns = () => {
  let from = 0;
  return (list: readonly string[], count: number): string[] => {
    const start = list.length === 0 ? 0 : from % list.length;
    from = start + count;
    return [...list.slice(start), ...list.slice(0, start)].slice(0, count);
  };
};

/** A case whose workflow cannot continue it. */
const lossOf = (caseId: string, fault: Fault | undefined): LostCase[] => {
  switch (fault) {
    case 'WORKFLOW_MISSING':
      return [{ caseId, why: 'missing' }];
    case 'WORKFLOW_RESET':
      return [{ caseId, why: 'reset' }];
    case 'WORKFLOW_BEHIND':
      return [{ caseId, why: 'behind' }];
    case 'LEDGER_SHORT':
      return [{ caseId, why: 'ahead' }];
    default:
      return [];
  }
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
