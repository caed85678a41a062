import { ENDS, isGranted } from './answers.ts';
import { holdFor, type HoldReason, type StepClock } from './clock.ts';
import type { EntryOf, LedgerEntry } from './ledger.ts';
import type { DecisionKind } from './messages.ts';
import type { StepKind } from './plan.ts';
import { listResults } from './given-results.ts';
import {
  agencyOf,
  receiptOf,
  stepOf,
  type CaseState,
  type DecisionRecord,
  type Notice,
  type StepState,
} from './state.ts';
import { ANSWERED, isStepEnd, type StepStatus } from './status.ts';

/** Applies one entry to a case. A case changes nowhere else. */
export const fold = (state: CaseState, entry: LedgerEntry): CaseState => {
  const changed = foldEntry(state, entry);
  return { ...withClocks(withMessage(changed, entry), entry.at), seq: state.seq + 1 };
};

const foldEntry = (state: CaseState, entry: LedgerEntry): CaseState => {
  switch (entry.kind) {
    case 'case-submitted':
      return { ...state, receivedAt: entry.at };
    case 'case-accepted':
      return { ...state, status: 'accepted', acceptedAt: entry.at };
    case 'case-deemed-accepted':
      return {
        ...changeStep(state, entry.stepId, { status: 'done', decided: toDecided(entry, 'approved') }),
        status: 'accepted',
        acceptedAt: receiptOf(state, entry.stepId),
      };
    case 'case-closing':
      return { ...state, closing: entry.closing };
    case 'case-reopened':
      return { ...state, status: 'accepted' };
    case 'case-ended':
      return { ...state, status: entry.status };
    case 'step-submitted':
      return withStep(state, entry.stepId, sendStep(state, entry));
    case 'step-deferred':
      return changeStep(state, entry.stepId, { status: 'ready', because: entry.because });
    case 'step-accepted':
      return changeStep(state, entry.stepId, { status: 'accepted' });
    case 'step-decided':
      return changeStep(state, entry.stepId, {
        status: ENDS[entry.decision],
        round: entry.round,
        decided: toDecided(entry, entry.decision),
        ...rememberDecided(stepOf(state, entry.stepId)),
      });
    case 'record-missed':
      return changeStep(state, entry.stepId, {
        status: 'attention',
        attention: 'RECORD_MISSED',
        decided: toDecided(entry, 'missed'),
        ...rememberDecided(stepOf(state, entry.stepId)),
      });
    case 'parcel-returned':
      return changeClock(
        changeStep(state, entry.stepId, {
          status: 'attention',
          attention: 'PARCEL_RETURNED',
          decided: toDecided(entry, 'returned'),
          ...rememberDecided(stepOf(state, entry.stepId)),
        }),
        entry.stepId,
        restart(stepOf(state, entry.stepId).clock, entry.at),
      );
    case 'step-attention':
      return changeStep(state, entry.stepId, { status: 'attention', attention: entry.code });
    case 'step-in-doubt':
      return changeStep(state, entry.stepId, { status: 'attention', attention: 'CORRECTION_BY_PERSON' });
    case 'step-kept':
      return changeStep(state, entry.stepId, { status: 'done' });
    case 'step-parked':
      return changeStep(state, entry.stepId, { parked: true });
    case 'step-released':
    case 'step-resent':
      return withStep(state, entry.stepId, {
        ...sendStep(state, entry),
        sentAt: stepOf(state, entry.stepId).sentAt ?? entry.at,
      });
    case 'case-resumed':
    case 'step-urged':
    case 'values-corrected':
    case 'calendar-changed':
      return state;
    case 'step-extended':
      return changeClock(state, entry.stepId, { extensionDays: entry.days });
    case 'step-suspended': {
      const { procedure, expectedDays, unit, at } = entry;
      const { status, attention } = stepOf(state, entry.stepId);
      const isAnswered = attention !== undefined && ANSWERED.has(attention);
      const suspension = {
        ...{ procedure, expectedDays, at },
        ...(unit !== undefined && { unit }),
        ...(isAnswered && { attention }),
        before: status === 'attention' && !isAnswered ? ('submitted' as const) : status,
      };
      return changeStep(state, entry.stepId, { status: 'suspended', suspension });
    }
    case 'step-resumed': {
      const { before = 'submitted', attention } = stepOf(state, entry.stepId).suspension ?? {};
      return changeStep(state, entry.stepId, { status: before, ...(attention && { attention }) });
    }
    case 'step-reassigned':
      return withStep(state, entry.stepId, {
        ...(entry.agency === undefined ? stepOf(state, entry.stepId) : handOver(state, entry)),
        ...(entry.agency !== undefined && { agency: entry.agency }),
        ...(entry.officer !== undefined && { officer: entry.officer }),
      });
    case 'step-redone':
    case 'step-redriven':
      return changeClock(unblock(withStep(state, entry.stepId, sendStep(state, entry)), entry.stepId), entry.stepId, {
        ...restart(stepOf(state, entry.stepId).clock, entry.at),
      });
    case 'step-blocked':
      return changeStep(state, entry.stepId, { status: 'blocked', because: entry.because });
    case 'step-stopped':
      return changeStep(state, entry.stepId, {
        status: 'stopped',
        ...(entry.because !== undefined && { because: entry.because }),
      });
    case 'supplement-wanted':
      return openSupplement(state, entry);
    case 'supplement-requested':
      return withNotice(state, entry.noticeId, entry.at, (notice) => ({
        ...notice,
        items: [
          ...notice.items,
          ...entry.items.map((item, place) => ({ ...item, messageId: entry.messageId, place, answered: false })),
        ],
      }));
    case 'supplement-notified':
      return withNotice(state, entry.noticeId, entry.at, (notice) => ({
        ...notice,
        status: 'open',
        notifiedAt: entry.at,
      }));
    case 'supplement-reminded':
      return withNotice(state, entry.noticeId, entry.at, (notice) => ({ ...notice, reminded: true }));
    case 'supplement-answered':
      return withNotice(state, entry.noticeId, entry.at, (notice) => {
        const items = notice.items.map((item) =>
          entry.items.includes(item.id) && !item.answered
            ? {
                ...item,
                answered: true,
                ...(entry.nothingFurther?.includes(item.id) && { nothingFurther: true as const }),
              }
            : item,
        );
        return { ...notice, items, status: items.every(({ answered }) => answered) ? 'answered' : notice.status };
      });
    case 'supplement-lapsed':
      return withNotice(state, entry.noticeId, entry.at, (notice) => ({ ...notice, status: 'lapsed' }));
    case 'gap-filled':
      return fillGap(state, entry);
    case 'pledge-expired':
      return { ...state, pledgeExpiredAt: entry.at };
    case 'parcel-split':
      return splitParcel(state, entry);
    case 'undo-started':
    case 'undo-retried':
      return changeStep(state, entry.stepId, { status: 'undoing', undo: true });
    case 'step-undone':
      return changeStep(state, entry.stepId, { status: 'undone' });
    case 'undo-settled': {
      if (entry.result === 'undone') return changeStep(state, entry.stepId, { status: 'undone' });
      const { undo: _over, ...step } = stepOf(state, entry.stepId);
      const stands = withStep(state, entry.stepId, step);
      return changeStep(stands, entry.stepId, { status: statusThatStands(state, entry.stepId), stands: true });
    }
    case 'message-refused':
      return state;
  }
};

/** The outcomes by message id, which make every message count once. */
const withMessage = (state: CaseState, entry: LedgerEntry): CaseState => {
  if (!('messageId' in entry)) return state;
  const outcome =
    entry.kind === 'message-refused' ? { kind: 'refused' as const, code: entry.code } : { kind: 'applied' as const };
  return { ...state, messages: { ...state.messages, [entry.messageId]: outcome } };
};

/** A step that is sent to its agency: everything that belonged to the round before is removed. */
const sendStep = (
  state: CaseState,
  { stepId, round, at }: { stepId: string; round: number; at: number },
): StepState => {
  const { agency, officer, clock, round: before, results: sent } = stepOf(state, stepId);
  // Every attempt at a round sends the same.
  const results = round === before ? (sent ?? []) : listResults(state, stepId);
  return {
    status: 'submitted',
    round,
    sentAt: at,
    clock: clock ?? { startedAt: at, holds: [] },
    ...(results.length > 0 && { results }),
    ...(agency !== undefined && { agency }),
    ...(officer !== undefined && { officer }),
  };
};

/**
 * A step that is sent to another agency: the time until now counts for the first one, and its
 * officer no longer has the task.
 */
const handOver = (state: CaseState, entry: EntryOf<'step-reassigned'>): StepState => {
  const { officer: _before, ...step } = sendStep(state, entry);
  const until = { agency: agencyOf(state, entry.stepId), until: entry.at };
  return step.clock ? { ...step, clock: { ...step.clock, before: [...(step.clock.before ?? []), until] } } : step;
};

/** A clock that had ended runs again; no party held the step in between. */
const restart = (clock: StepClock | undefined, at: number) =>
  clock?.endedAt === undefined
    ? {}
    : { restartedAt: at, endedAt: undefined, rests: [...(clock.rests ?? []), { from: clock.endedAt, to: at }] };

/**
 * The decision before this one stays known, so that its repetition does not count. A supervisor may
 * decide the same again.
 */
const rememberDecided = ({ decided, askedBefore = [] }: StepState): Partial<StepState> =>
  decided && decided.by.role !== 'supervisor' ? { askedBefore: [...askedBefore, decided] } : {};

const openSupplement = (state: CaseState, entry: EntryOf<'supplement-wanted'>): CaseState => {
  const { stepId, round, noticeId } = entry;
  const { messageId } = entry;
  const items = entry.items.map((id, place) => ({ id, messageId, place, stepId, holds: [], answered: false }));
  const asked = changeStep(state, stepId, {
    status: 'supplement',
    round,
    noticeId,
    decided: toDecided(entry, 'supplement'),
    ...rememberDecided(stepOf(state, stepId)),
  });
  return withNotice(asked, noticeId, entry.at, (notice) => ({ ...notice, items: [...notice.items, ...items] }));
};

const fillGap = (state: CaseState, { materials }: EntryOf<'gap-filled'>): CaseState => {
  const { pledgeExpiredAt, ...rest } = state;
  const filled = [...state.filled, ...materials];
  const complete = (state.plan.pledge?.gaps ?? []).every(({ material }) => filled.includes(material));
  return { ...rest, filled, ...(!complete && pledgeExpiredAt !== undefined && { pledgeExpiredAt }) };
};

/**
 * The parcel is sent with the finished documents; the rest is sent with the step that was reserved
 * for it.
 */
const splitParcel = (state: CaseState, { stepId, rest, later }: EntryOf<'parcel-split'>): CaseState => {
  const steps = state.plan.steps.map((step) => {
    if (step.id === stepId) {
      return {
        ...step,
        needs: step.needs.map((need) => ({ ...need, of: need.of.filter((id) => !later.includes(id)) })),
      };
    }
    if (step.id !== rest) return step;
    const { skip: _now, ...used } = step;
    return { ...used, needs: [{ mode: 'some' as const, of: later }] };
  });
  return withStep({ ...state, plan: { ...state.plan, steps } }, rest, { status: 'waiting', round: 0 });
};

/** The steps that were blocked because of this step, directly or through others, wait again. */
const unblock = (state: CaseState, stepId: string): CaseState =>
  state.plan.steps.reduce((before, { id }) => {
    const step = stepOf(before, id);
    if (step.status !== 'blocked' || step.because === undefined) return before;
    const cause = step.because === stepId || before.steps[step.because]?.status === 'waiting';
    return cause ? withStep(before, id, { status: 'waiting', round: step.round }) : before;
  }, state);

/** A decided result stays done; an application without a decision is stopped. */
const statusThatStands = (state: CaseState, stepId: string): StepStatus =>
  isGranted(stepOf(state, stepId).decided?.decision) ? 'done' : 'stopped';

const withStep = (state: CaseState, stepId: string, step: StepState): CaseState => ({
  ...state,
  steps: { ...state.steps, [stepId]: step },
});

/**
 * Changes a step. What a person had to do or what deferred the step ends, unless the change sets it
 * again.
 */
const changeStep = (state: CaseState, stepId: string, change: Partial<StepState>): CaseState => {
  const { attention: _acted, suspension: _ended, parked: _sent, ...step } = stepOf(state, stepId);
  return withStep(state, stepId, { ...step, ...change });
};

const changeClock = (
  state: CaseState,
  stepId: string,
  change: Partial<Pick<StepClock, 'extensionDays' | 'restartedAt' | 'rests'>> & { endedAt?: undefined },
): CaseState => {
  const step = stepOf(state, stepId);
  if (!step.clock) return state;
  const { endedAt, ...clock } = step.clock;
  const ended = 'endedAt' in change || endedAt === undefined ? {} : { endedAt };
  const { endedAt: _cleared, ...rest } = change;
  return withStep(state, stepId, { ...step, clock: { ...clock, ...ended, ...rest } });
};

const withNotice = (state: CaseState, noticeId: string, at: number, change: (notice: Notice) => Notice): CaseState => ({
  ...state,
  notices: {
    ...state.notices,
    [noticeId]: change(state.notices[noticeId] ?? { status: 'gathering', items: [], since: at }),
  },
});

/**
 * Every clock after an entry: the clock of a step that has ended stops for good; the clock of a
 * step that another party holds is paused as long as that lasts.
 */
const withClocks = (state: CaseState, at: number): CaseState => {
  const changed: Record<string, StepState> = {};
  for (const { id, kind } of state.plan.steps) {
    const step = stepOf(state, id);
    if (!step.clock || step.clock.endedAt !== undefined) continue;
    const clock = clockAt(state, kind, step, step.clock, at);
    if (clock !== step.clock) changed[id] = { ...step, clock };
  }
  return Object.keys(changed).length === 0 ? state : { ...state, steps: { ...state.steps, ...changed } };
};

const clockAt = (state: CaseState, kind: StepKind, step: StepState, clock: StepClock, at: number): StepClock => {
  if (isStepEnd(step.status)) return { ...holdFor(clock, at, new Set()), endedAt: at };
  return holdFor(clock, at, new Set(listHoldReasons(state, kind, step)));
};

/** Why the time of a step does not count against its agency now. */
const listHoldReasons = (state: CaseState, kind: StepKind, step: StepState): HoldReason[] => {
  const notice = step.noticeId === undefined ? undefined : state.notices[step.noticeId];
  return [
    ...(step.status === 'supplement'
      ? [notice?.status === 'gathering' ? ('gathering' as const) : ('supplement' as const)]
      : []),
    ...(step.suspension
      ? [step.suspension.procedure === 'other' ? ('suspension' as const) : ('special-procedure' as const)]
      : []),
    ...(state.pledgeExpiredAt === undefined ? [] : ['gap' as const]),
    ...(kind === 'pay' ? ['payment' as const] : []),
    ...(kind === 'deliver'
      ? [step.attention === 'PARCEL_RETURNED' ? ('address' as const) : ('delivery' as const)]
      : []),
    ...(step.parked ? ['outage' as const] : []),
  ];
};

const toDecided = (
  { messageId, by, at, digest, result }: Omit<DecisionRecord, 'decision'>,
  decision: DecisionKind,
): DecisionRecord => ({
  ...{ decision, messageId, by, at },
  ...(digest !== undefined && { digest }),
  ...(result !== undefined && { result }),
});
