import { isTooEarly, MOST_ITEMS } from '../../../domain/case/decisions.ts';
import type { Effect } from '../../../domain/case/effects.ts';
import { begin, next } from '../../../domain/case/engine.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import type { Actor, CaseEvent, DecisionKind, Message, Outcome } from '../../../domain/case/messages.ts';
import type { Plan } from '../../../domain/case/plan.ts';
import type { CaseState } from '../../../domain/case/state.ts';
import { isCaseEnd } from '../../../domain/case/status.ts';
import { answerTo, dueAct, meddle, passing, SUPERVISOR } from './people.ts';
import { randomPlan } from './random-plan.ts';
import { seeded, type Random } from './random.ts';

/**
 * One schedule: what the engine was told, what it wrote, what it had done, and what the agencies
 * did.
 */
export interface Run {
  seed: number;
  plan: Plan;
  states: CaseState[];
  /** The entries that each event led to, in step with `states[i + 1]`. */
  entries: LedgerEntry[][];
  effects: Effect[];
  events: CaseEvent[];
  outcomes: Outcome[];
  /** Effects at the agencies by request key: what really happened out there. */
  journal: Map<string, { decision: DecisionKind; undone: boolean }>;
}

/**
 * Something on its way; the schedule picks at random, so they arrive in any order. What is `ours`
 * runs in the shell and is lost with it; the rest comes from outside and arrives whatever happens
 * to us.
 */
interface Pending {
  ours: boolean;
  work: () => void;
}

/** What Temporal's history holds: where a shell that was killed begins again. */
interface Durable {
  length: number;
  effects: number;
  pending: Pending[];
  cancelled: Set<Effect>;
}

const MOST_EVENTS = 600;

type Decision = Omit<Extract<Message, { kind: 'decision' }>, 'kind' | 'id'>;

/**
 * What an agency, or a fault of ours, leaves to a person. Drawn by the events so far, so that a
 * seed stays the same schedule.
 */
const FAILURES = ['AGENCY_REJECTED', 'AGENCY_SETUP', 'AGENCY_UNREADABLE', 'STEP_FAULT'] as const;
const UNDO_FAILURES = ['UNDO_REJECTED', ...FAILURES] as const;

/**
 * Runs one case against hostile agencies and people: lost and repeated answers, callbacks before
 * the reply and after the end, stale rounds, refusals, supplements, outages, faults, people who
 * meddle at any moment and after the end, time that passes early; and now and then the shell is
 * killed and runs again from the last thing that was durable, in another order, while the agencies
 * remember what they did. Hostility ends after a while, so that the case has a chance to settle; a
 * case that then does not settle is a defect.
 */
export const simulate = (seed: number): Run => {
  const random = seeded(seed);
  const plan = randomPlan(random);
  const run: Run = {
    seed,
    plan,
    states: [begin(plan, 0)],
    entries: [],
    effects: [],
    events: [],
    outcomes: [],
    journal: new Map(),
  };
  const world = createWorld(run, random);
  world.tell({ kind: 'started', at: 0 });
  world.keep();
  if (random.chance(0.35)) world.arrive(() => world.deliver(withdrawal(random)));
  for (let count = 0; count < MOST_EVENTS; count += 1) {
    if (isCaseEnd(world.state().status) && random.chance(0.3)) break;
    if (!world.step()) break;
    if (random.chance(0.3)) world.keep();
    else if (random.chance(0.05)) world.crash();
    if (random.chance(0.06)) world.meddle();
    if (random.chance(0.08)) world.passTime();
  }
  world.settle();
  return run;
};

const createWorld = (run: Run, random: Random) => {
  let pending: Pending[] = [];
  let cancelled = new Set<Effect>();
  /**
   * Delivered since the last durable point, so that its outcome was not reported yet: it is
   * delivered again.
   */
  let unacknowledged: Message[] = [];
  let messages = 0;
  let hostile = true;

  const state = () => run.states.at(-1)!;
  const plan = (work: () => void) => pending.push({ ours: true, work });
  const arrive = (work: () => void) => pending.push({ ours: false, work });
  /** People act on what they see, and they see only what is durable. */
  const act = (work: () => void) =>
    plan(() => {
      keep();
      work();
    });
  const snapshot = (): Durable => ({
    length: run.events.length,
    effects: run.effects.length,
    pending: pending.filter(({ ours }) => ours),
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
        // Once more, which the law does not allow.
        arrive(() => deliver({ kind: 'extension', id: newId(), by: SUPERVISOR, stepId, days: 1 }));
      }
      if (entry.kind !== 'supplement-wanted' && entry.kind !== 'supplement-requested') continue;
      // Some applicants never answer.
      if (random.chance(0.2)) continue;
      const { noticeId } = entry;
      act(() => deliver(answerTo(state(), random, noticeId, newId())));
    }
  };
  const deliver = (message: Message): void => {
    if (isTooEarly(state(), message)) {
      arrive(() => deliver(message));
      return;
    }
    unacknowledged.push(message);
    tell({ kind: 'delivered', at: run.events.length, message });
    // A run that takes a case up again begins with the message that does: it cannot be lost.
    if (run.entries.at(-1)!.some(({ kind }) => kind === 'case-reopened')) keep();
    // Delivered again, at once or later, with the same id.
    if (hostile && random.chance(0.2)) arrive(() => deliver(message));
  };

  const decisionOf = (): DecisionKind =>
    random.chance(0.15) ? 'refused' : random.chance(hostile ? 0.12 : 0) ? 'supplement' : 'approved';

  const carryOut = (effect: Effect): void => {
    if (effect.kind === 'cancel-submit') {
      for (const sent of run.effects) {
        if (sent.kind === 'submit' && sent.stepId === effect.stepId && sent.round === effect.round) cancelled.add(sent);
      }
      return;
    }
    // Nothing waits for what an agency says to that.
    if (effect.kind === 'call-off') return;
    plan(() => (effect.kind === 'undo' ? answerUndo(effect) : answerSubmit(effect)));
  };

  const answerSubmit = (effect: Extract<Effect, { kind: 'submit' }>): void => {
    const { stepId, round, agency } = effect;
    if (cancelled.has(effect)) return;
    const answered = (answer: Extract<CaseEvent, { kind: 'answered' }>['answer']) =>
      tell({ kind: 'answered', at: run.events.length, stepId, round, answer });
    if (hostile && random.chance(0.05)) {
      answered({ kind: 'parked' });
      return;
    }
    if (hostile && random.chance(0.06)) {
      answered({ kind: 'failed', code: FAILURES[run.events.length % FAILURES.length]! });
      act(() => deliver({ kind: 'resend', id: `m${(messages += 1)}`, stepId, by: SUPERVISOR }));
      return;
    }
    const key = `${stepId}:${round}`;
    const known = run.journal.get(key);
    if (known?.undone) {
      answered({ kind: 'failed', code: 'AGENCY_REJECTED' });
      return;
    }
    const decision = known?.decision ?? decisionOf();
    run.journal.set(key, { decision, undone: false });
    // The effect is done and the reply lost: sending is tried again.
    if (hostile && random.chance(0.15)) {
      plan(() => answerSubmit(effect));
      return;
    }
    const by: Actor = { role: 'agency', id: agency };
    // The same in every answer to one request.
    const items = decision === 'supplement' ? { items: 1 + (round % 3) } : {};
    const said = { decision, digest: key, ...items };
    const id = `d:${key}`;
    const callback = () => deliver({ kind: 'decision', id, stepId, round, ...said, by });
    if (random.chance(0.5)) {
      answered({ kind: 'decided', messageId: id, ...said });
      if (hostile && random.chance(0.2)) arrive(callback);
    } else {
      // Either may come first.
      arrive(callback);
      plan(() => answered({ kind: 'accepted' }));
    }
    if (hostile && random.chance(0.1)) arrive(() => deliver(speakAgain({ stepId, round, by, ...said })));
    if (hostile && random.chance(0.05)) stray(by);
  };

  /** The agency decides again under another message id: the same, or something else. */
  const speakAgain = (first: Decision): Message => {
    const head = { kind: 'decision' as const, ...first, id: newId() };
    if (random.chance(0.3)) return head;
    const decision = random.pick(['approved', 'refused', 'supplement'] as const);
    const items = random.pick([1, 3, MOST_ITEMS]);
    const { items: _before, ...of } = { ...head, decision, digest: `other:${items}` };
    return decision === 'supplement' ? { ...of, items } : of;
  };

  /** An unexpected message about a step: unknown, not started, or of another round. */
  const stray = (by: Actor): void => {
    const stepId = random.chance(0.2) ? 'no-such-step' : random.pick(run.plan.steps).id;
    const round = 5 + random.below(5);
    arrive(() => deliver({ kind: 'decision', id: `m${(messages += 1)}`, stepId, round, decision: 'approved', by }));
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

  /** Every person who has to act does so, and time passes. */
  const actWhereDue = (): boolean => {
    const message = dueAct(state(), random, newId);
    if (message) deliver(message);
    return message !== undefined;
  };

  /** One thing that is on its way arrives; false: nothing is. */
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
    cancelled = new Set(durable.cancelled);
    pending = [...durable.pending, ...pending.filter(({ ours }) => !ours)];
    for (const message of unacknowledged) arrive(() => deliver(message));
    unacknowledged = [];
  };

  return {
    state,
    arrive,
    keep,
    crash,
    tell,
    deliver,
    step,
    meddle: () => arrive(() => deliver(meddle(state(), random, newId))),
    passTime: () => {
      const due = passing(state(), random);
      if (due) arrive(() => deliver(due));
    },
    settle: () => {
      hostile = false;
      for (let left = 2_000; left > 0; left -= 1) {
        // Both, because a message that is too early comes again and again until a person has acted.
        const arrived = step();
        if (!actWhereDue() && !arrived) return;
      }
    },
  };
};

const withdrawal = (random: Random): Message => ({
  kind: 'withdrawal',
  id: `w${random.below(1_000)}`,
  by: { role: 'applicant', id: 'applicant' },
});
