import { ANSWERS, isGranted } from '../../../domain/case/answers.ts';
import { isTooEarly, MOST_ITEMS } from '../../../domain/case/decisions.ts';
import { callOffsOf, listOpenEffects, type Effect } from '../../../domain/case/effects.ts';
import { begin, next } from '../../../domain/case/engine.ts';
import { fold } from '../../../domain/case/fold.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import {
  DECISION_KINDS,
  isDecisionFault,
  type Actor,
  type CaseEvent,
  type DecisionKind,
  type Message,
  type Outcome,
} from '../../../domain/case/messages.ts';
import { systemActor } from '../../../domain/case/system-actors.ts';
import type { Plan, StepKind } from '../../../domain/case/plan.ts';
import type { CaseState } from '../../../domain/case/state.ts';
import { AWAITING_ANSWER, isCaseEnd } from '../../../domain/case/status.ts';
import { answerTo, dueAct, meddle, passTime, SUPERVISOR } from './people.ts';
import { randomPlan } from './random-plan.ts';
import { createRandom, type Random } from './random.ts';

/**
 * One schedule: the events that the engine got, its entries and effects, and what the agencies did.
 */
export interface Run {
  seed: number;
  plan: Plan;
  states: CaseState[];
  /** The entries of each event; `entries[i]` lead to `states[i + 1]`. */
  entries: LedgerEntry[][];
  effects: Effect[];
  /**
   * What runs that began from the ledger alone did: the effects that they carried out again, and the
   * number of effects before them.
   */
  resumptions: { effects: Effect[]; after: number }[];
  events: CaseEvent[];
  outcomes: Outcome[];
  /** Effects at the agencies by request key. */
  journal: Map<string, { decision: DecisionKind; undone: boolean }>;
}

/**
 * Something that is pending. The schedule picks at random, so everything arrives in any order. The
 * effects that the workflow carries out, and what people do who have seen the case, are lost back to
 * the last durable state when the workflow is killed; the rest comes from outside and always
 * arrives.
 */
interface PendingWork {
  of: 'workflow' | 'person' | 'outside';
  work: () => void;
}

/**
 * From where a killed workflow continues: from Temporal's history, or, where that is lost as well, a
 * new run from the ledger. `either`: the number of events says which, and no random number is drawn,
 * so that a seed keeps its schedule up to there.
 */
type ContinuesFrom = 'history' | 'either';

/** The state in Temporal's history or in the ledger, from which a killed workflow continues. */
interface Snapshot {
  length: number;
  effects: number;
  resumptions: number;
  carried: number;
  pending: PendingWork[];
  cancelled: Set<Effect>;
}

const MOST_EVENTS = 600;

type Decision = Omit<Extract<Message, { kind: 'decision' }>, 'kind' | 'id'>;

/**
 * The codes with which a step waits for a person. The number of events selects one, and no random
 * number is drawn, so that a seed keeps its schedule.
 */
const FAILURES = ['AGENCY_REJECTED', 'AGENCY_SETUP', 'AGENCY_UNREADABLE', 'STEP_FAULT'] as const;
const UNDO_FAILURES = ['UNDO_REJECTED', ...FAILURES] as const;

/**
 * Runs one case against hostile agencies and people: lost and repeated answers, callbacks before
 * the reply and after the end, stale rounds, refusals, supplements, outages, faults, people who act
 * at any moment and after the end, time that passes early. Sometimes the workflow is killed and
 * continues from the last durable state, in another order, while the agencies keep what they did.
 * The hostility stops after a while, so that the case can end; a case that then does not end is a
 * defect.
 */
export const simulate = (seed: number, continuesFrom: ContinuesFrom = 'either'): Run => {
  const random = createRandom(seed);
  const plan = randomPlan(random);
  const run: Run = {
    seed,
    plan,
    states: [begin(plan, 0)],
    entries: [],
    effects: [],
    resumptions: [],
    events: [],
    outcomes: [],
    journal: new Map(),
  };
  const world = createWorld(run, random);
  world.tell({ kind: 'started', at: 0 });
  world.keep();
  if (random.chance(0.35)) world.arrive(() => world.dispatch(createWithdrawal(random)));
  for (let count = 0; count < MOST_EVENTS; count += 1) {
    if (isCaseEnd(world.state().status) && random.chance(0.3)) break;
    if (!world.step()) break;
    if (random.chance(0.3)) world.keep();
    else if (random.chance(0.05)) {
      world.crash();
      if (continuesFrom === 'either' && run.events.length % 2 === 1) world.resume();
    }
    if (random.chance(0.06)) world.meddle();
    if (random.chance(0.08)) world.passTime();
  }
  world.settle();
  return run;
};

const createWorld = (run: Run, random: Random) => {
  let pending: PendingWork[] = [];
  /** The effects of all runs, as they were carried out. */
  const carried: Effect[] = [];
  let cancelled = new Set<Effect>();
  /**
   * Messages that were delivered after the last durable state. Their outcome was not reported, so
   * they are delivered again.
   */
  let unacknowledged: Message[] = [];
  let messages = 0;
  let hostile = true;

  const state = () => run.states.at(-1)!;
  const plan = (work: () => void) => pending.push({ of: 'workflow', work });
  const arrive = (work: () => void) => pending.push({ of: 'outside', work });
  /** People see only durable states, and act on those. */
  const act = (act: () => void) => {
    const work = () => {
      keep();
      act();
    };
    pending.push({ of: 'person', work });
  };
  const snapshot = (): Snapshot => ({
    length: run.events.length,
    effects: run.effects.length,
    resumptions: run.resumptions.length,
    carried: carried.length,
    pending: pending.filter(({ of }) => of !== 'outside'),
    cancelled: new Set(cancelled),
  });
  let durable = snapshot();
  const newId = () => `m${(messages += 1)}`;

  const tell = (event: CaseEvent): void => {
    const result = next(state(), event);
    run.events.push(event);
    run.states.push(result.state);
    run.entries.push(result.entries);
    run.outcomes.push(result.outcome);
    for (const effect of result.effects) {
      run.effects.push(effect);
      carryOut(effect);
    }
    for (const entry of result.entries) {
      if (entry.kind === 'step-extended') {
        const { stepId } = entry;
        // A second extension, which the law does not allow.
        arrive(() => dispatch({ kind: 'extension', id: newId(), by: SUPERVISOR, stepId, days: 1 }));
      }
      if (entry.kind !== 'supplement-wanted' && entry.kind !== 'supplement-requested') continue;
      // Some applicants never answer.
      if (random.chance(0.2)) continue;
      const { noticeId } = entry;
      act(() => dispatch(answerTo(state(), random, noticeId, newId())));
    }
  };
  const dispatch = (message: Message): void => {
    if (isTooEarly(state(), message)) {
      arrive(() => dispatch(message));
      return;
    }
    const known = state().messages[message.id];
    unacknowledged.push(message);
    tell({ kind: 'message', at: run.events.length, message });
    if (message.kind === 'decision' && known?.kind === 'refused') holdRepeated(message, known.code);
    // The message that reopens a case is part of the input of the new run, so it cannot be lost.
    if (run.entries.at(-1)!.some(({ kind }) => kind === 'case-reopened')) keep();
    // Delivered again, at once or later, with the same id.
    if (hostile && random.chance(0.2)) arrive(() => dispatch(message));
  };

  /** As `holdRepeatedFault` does: a repeated answer that does not count brings its step to a person. */
  const holdRepeated = ({ stepId, round }: Decision, code: string): void => {
    const step = state().steps[stepId];
    if (!step || step.round !== round || !AWAITING_ANSWER.includes(step.status) || !isDecisionFault(code)) return;
    dispatch({ kind: 'answer-fault', id: newId(), stepId, round, code, by: systemActor('agency-answers') });
  };

  const decisionOf = (kind: StepKind): DecisionKind => {
    if (random.chance(0.15)) return negativeOf(kind);
    if (random.chance(hostile ? 0.12 : 0)) return 'supplement';
    return kind === 'pay' && run.events.length % 2 === 1 ? 'exempt' : 'approved';
  };

  /** In some schedules agencies refuse also what cannot be refused. */
  const negativeOf = (kind: StepKind): DecisionKind => {
    const own = ANSWERS[kind].find((decision) => ['missed', 'returned', 'lapsed'].includes(decision));
    return own === undefined || run.seed % 5 === 0 ? 'refused' : own;
  };

  const carryOut = (effect: Effect): void => {
    carried.push(effect);
    if (effect.kind === 'cancel-submit') {
      for (const sent of carried) {
        if (sent.kind === 'submit' && sent.stepId === effect.stepId && sent.round === effect.round) cancelled.add(sent);
      }
      return;
    }
    // Nothing waits for the answer to it.
    if (effect.kind === 'call-off') return;
    plan(() => (effect.kind === 'undo' ? answerUndo(effect) : answerSubmit(effect)));
  };

  const answerSubmit = (effect: Extract<Effect, { kind: 'submit' }>): void => {
    const { stepId, round, agency } = effect;
    if (cancelled.has(effect)) return;
    const sendAnswer = (answer: Extract<CaseEvent, { kind: 'answered' }>['answer']) =>
      tell({ kind: 'answered', at: run.events.length, stepId, round, answer });
    if (hostile && random.chance(0.05)) {
      sendAnswer({ kind: 'parked' });
      return;
    }
    if (hostile && random.chance(0.06)) {
      sendAnswer({ kind: 'failed', code: FAILURES[run.events.length % FAILURES.length]! });
      act(() => dispatch({ kind: 'resend', id: `m${(messages += 1)}`, stepId, by: SUPERVISOR }));
      return;
    }
    const key = `${stepId}:${round}`;
    const known = run.journal.get(key);
    if (known?.undone) {
      sendAnswer({ kind: 'failed', code: 'AGENCY_REJECTED' });
      return;
    }
    const kind = run.plan.steps.find(({ id }) => id === stepId)!.kind;
    if (kind === 'instant' && run.seed % 3 === 0) {
      // Its rules do not hold, so it is not sent; the agency's system approves it nevertheless.
      sendAnswer({ kind: 'failed', code: 'RULES_NOT_MET' });
      const by: Actor = { role: 'agency', id: agency };
      const said = { decision: 'approved', digest: key, by } as const;
      arrive(() => dispatch({ kind: 'decision', id: `machine:${key}`, stepId, round, ...said }));
      return;
    }
    const decision = known?.decision ?? decisionOf(kind);
    run.journal.set(key, { decision, undone: false });
    // The agency has decided, but the reply is lost: the step is sent again.
    if (hostile && random.chance(0.15)) {
      plan(() => answerSubmit(effect));
      return;
    }
    const by: Actor = { role: 'agency', id: agency };
    // The same in every answer to one request.
    const items = decision === 'supplement' ? { items: 1 + (round % 3) } : {};
    // Every second round of a step gives another result.
    const result = isGranted(decision) ? { result: `${stepId}:${round % 2}` } : {};
    const said = { decision, digest: key, ...items, ...result };
    if (decision === 'refused' && run.seed % 4 === 0) {
      // In some schedules an agency refuses without a reason, and besides with one.
      const bare = { ...said, id: `bare:${key}`, digest: `bare:${key}`, unreasoned: true as const };
      arrive(() => dispatch({ kind: 'decision', stepId, round, by, ...bare }));
    }
    if (isGranted(decision) && run.seed % 4 === 1) {
      // In some schedules an agency approves without its whole result, and besides with it.
      const { result: _missing, ...bare } = { ...said, id: `part:${key}`, digest: `part:${key}` };
      arrive(() => dispatch({ kind: 'decision', stepId, round, by, ...bare, faultyFields: ['number'] }));
    }
    const id = `d:${key}`;
    const callback = () => dispatch({ kind: 'decision', id, stepId, round, ...said, by });
    if (random.chance(0.5)) {
      sendAnswer({ kind: 'decided', messageId: id, ...said });
      if (hostile && random.chance(0.2)) arrive(callback);
    } else {
      // Either may arrive first.
      arrive(callback);
      plan(() => sendAnswer({ kind: 'accepted' }));
    }
    if (hostile && random.chance(0.1)) arrive(() => dispatch(speakAgain({ stepId, round, by, ...said })));
    if (hostile && random.chance(0.05)) sendStray(by);
  };

  /** The agency decides again under another message id: the same, or something else. */
  const speakAgain = (first: Decision): Message => {
    const head = { kind: 'decision' as const, ...first, id: newId() };
    if (random.chance(0.3)) return head;
    const decision = random.pick(DECISION_KINDS);
    const items = random.pick([1, 3, MOST_ITEMS]);
    const { items: _before, result: _given, ...of } = { ...head, decision, digest: `other:${items}` };
    return decision === 'supplement' ? { ...of, items } : of;
  };

  /** An unexpected message about a step: unknown, not started, or of another round. */
  const sendStray = (by: Actor): void => {
    const stepId = random.chance(0.2) ? 'no-such-step' : random.pick(run.plan.steps).id;
    const round = 5 + random.below(5);
    arrive(() => dispatch({ kind: 'decision', id: `m${(messages += 1)}`, stepId, round, decision: 'approved', by }));
  };

  const answerUndo = (effect: Extract<Effect, { kind: 'undo' }>): void => {
    const { stepId, round } = effect;
    const key = `${stepId}:${round}`;
    if (hostile && random.chance(0.2)) {
      tell({
        kind: 'undo-answered',
        at: run.events.length,
        stepId,
        round,
        answer: { kind: 'failed', code: UNDO_FAILURES[run.events.length % UNDO_FAILURES.length]! },
      });
      return;
    }
    run.journal.set(key, { decision: run.journal.get(key)?.decision ?? 'approved', undone: true });
    tell({ kind: 'undo-answered', at: run.events.length, stepId, round, answer: { kind: 'undone' } });
    if (hostile && random.chance(0.1)) plan(() => answerUndo(effect));
  };

  /** Takes the first action that a person owes, or lets time pass; false: none is needed. */
  const actWhereDue = (): boolean => {
    const message = dueAct(state(), random, newId);
    if (message) dispatch(message);
    return message !== undefined;
  };

  /** Lets one pending thing arrive; false: none is pending. */
  const step = (): boolean => {
    const index = random.below(pending.length);
    const [next] = pending.splice(index, 1);
    if (!next) return false;
    next.work();
    return true;
  };

  const keep = (): void => {
    durable = snapshot();
    unacknowledged = [];
  };

  const crash = (): void => {
    run.events.length = durable.length;
    run.outcomes.length = durable.length;
    run.entries.length = durable.length;
    run.states.length = durable.length + 1;
    run.effects.length = durable.effects;
    run.resumptions.length = durable.resumptions;
    carried.length = durable.carried;
    cancelled = new Set(durable.cancelled);
    pending = [...durable.pending, ...pending.filter(({ of }) => of === 'outside')];
    for (const message of unacknowledged) arrive(() => dispatch(message));
    unacknowledged = [];
  };

  /** A new run knows only the ledger: it carries out what may be open, and goes on from there. */
  const resume = (): void => {
    const callOffs: Effect[] = [];
    let ledgered = begin(run.plan, 0);
    for (const entry of run.entries.flat()) {
      callOffs.push(...callOffsOf(ledgered, entry));
      ledgered = fold(ledgered, entry);
    }
    const effects = [...callOffs, ...listOpenEffects(ledgered)];
    run.resumptions.push({ effects, after: run.effects.length });
    pending = pending.filter(({ of }) => of !== 'workflow');
    effects.forEach(carryOut);
    tell({ kind: 'started', at: run.events.length, resumedBy: systemActor('watcher') });
    keep();
  };

  return {
    state,
    arrive,
    keep,
    crash,
    resume,
    tell,
    dispatch,
    step,
    meddle: () => arrive(() => dispatch(meddle(state(), random, newId))),
    passTime: () => {
      const due = passTime(state(), random);
      if (due) arrive(() => dispatch(due));
    },
    settle: () => {
      hostile = false;
      for (let left = 2_000; left > 0; left -= 1) {
        // Both, because a message that is too early is repeated until a person has acted.
        const arrived = step();
        if (!actWhereDue() && !arrived) return;
      }
    },
  };
};

const createWithdrawal = (random: Random): Message => ({
  kind: 'withdrawal',
  id: `w${random.below(1_000)}`,
  by: { role: 'applicant', id: 'applicant' },
});
