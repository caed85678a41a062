import { begin, next, type Effect } from '../../../matters/engine/engine.ts';
import type { LedgerEntry } from '../../../matters/engine/ledger.ts';
import type { Actor, CaseEvent, DecisionKind, Message, Outcome } from '../../../matters/engine/messages.ts';
import type { Plan } from '../../../matters/engine/plan.ts';
import type { CaseState } from '../../../matters/engine/state.ts';
import { isCaseEnd } from '../../../matters/engine/status.ts';
import { randomPlan } from './random-plan.ts';
import { seeded, type Random } from './random.ts';

/** One schedule: what the engine was told, what it wrote, what it had done, and what the agencies did. */
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

/** Events that are on their way; the schedule picks among them at random, so they arrive in any order. */
type Pending = () => void;

const MOST_EVENTS = 600;

/**
 * Runs one case against hostile agencies and people: lost and repeated answers, callbacks before the reply and after the
 * end, stale rounds, refusals, supplements, faults, a withdrawal at any moment. Hostility ends after a while, so that the
 * case has a chance to settle; a case that then does not settle is a defect.
 */
export const simulate = (seed: number): Run => {
  const random = seeded(seed);
  const plan = randomPlan(random);
  const run: Run = {
    seed,
    plan,
    states: [begin(plan)],
    entries: [],
    effects: [],
    events: [],
    outcomes: [],
    journal: new Map(),
  };
  const world = createWorld(run, random);
  world.tell({ kind: 'started', at: 0 });
  if (random.chance(0.35)) world.plan(() => world.deliver(withdrawal(random)));
  for (let count = 0; count < MOST_EVENTS; count += 1) {
    if (isCaseEnd(world.state().status) && random.chance(0.3)) break;
    if (!world.step()) break;
  }
  world.settle();
  return run;
};

const createWorld = (run: Run, random: Random) => {
  const pending: Pending[] = [];
  const cancelled = new Set<Effect>();
  let messages = 0;
  let hostile = true;

  const state = () => run.states.at(-1)!;
  const plan = (work: Pending) => pending.push(work);
  const agencyOf = (stepId: string) => run.plan.steps.find((step) => step.id === stepId)!.agency;

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
      if (entry.kind !== 'supplement-wanted') continue;
      const { supplementId } = entry;
      plan(() => deliver({ kind: 'supplement-answer', id: `m${(messages += 1)}`, supplementId, by: CLERK }));
    }
  };
  const deliver = (message: Message): void => {
    tell({ kind: 'delivered', at: run.events.length, message });
    // Delivered again, at once or later, with the same id.
    if (hostile && random.chance(0.2)) plan(() => tell({ kind: 'delivered', at: run.events.length, message }));
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
    plan(() => (effect.kind === 'undo' ? answerUndo(effect) : answerSubmit(effect)));
  };

  const answerSubmit = (effect: Extract<Effect, { kind: 'submit' }>): void => {
    const { stepId, round } = effect;
    if (cancelled.has(effect)) return;
    const answered = (answer: Extract<CaseEvent, { kind: 'answered' }>['answer']) =>
      tell({ kind: 'answered', at: run.events.length, stepId, round, answer });
    if (hostile && random.chance(0.06)) {
      answered({ kind: 'failed', code: 'AGENCY_REJECTED' });
      plan(() => deliver({ kind: 'resend', id: `m${(messages += 1)}`, stepId, by: SUPERVISOR }));
      return;
    }
    const key = `${stepId}:${round}`;
    const known = run.journal.get(key);
    if (known?.undone) return;
    const decision = known?.decision ?? decisionOf();
    run.journal.set(key, { decision, undone: false });
    // The effect is done and the reply lost: sending is tried again.
    if (hostile && random.chance(0.15)) {
      plan(() => answerSubmit(effect));
      return;
    }
    const by: Actor = { role: 'agency', id: agencyOf(stepId) };
    const id = `d:${key}`;
    if (random.chance(0.5)) {
      answered({ kind: 'decided', decision, messageId: id });
      if (hostile && random.chance(0.2)) plan(() => deliver({ kind: 'decision', id, stepId, round, decision, by }));
      if (hostile && random.chance(0.1)) contradict(stepId, round, by);
    } else {
      const callback = () => deliver({ kind: 'decision', id, stepId, round, decision, by });
      // Either may come first.
      plan(callback);
      plan(() => answered({ kind: 'accepted' }));
    }
    if (hostile && random.chance(0.05)) stray(by);
  };

  const contradict = (stepId: string, round: number, by: Actor): void => {
    const decision = random.pick(['approved', 'refused', 'supplement'] as const);
    plan(() => deliver({ kind: 'decision', id: `m${(messages += 1)}`, stepId, round, decision, by }));
  };

  /** A word about a step that nobody asked: unknown, not started, or of another round. */
  const stray = (by: Actor): void => {
    const stepId = random.chance(0.2) ? 'no-such-step' : random.pick(run.plan.steps).id;
    const round = 5 + random.below(5);
    plan(() => deliver({ kind: 'decision', id: `m${(messages += 1)}`, stepId, round, decision: 'approved', by }));
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
        answer: { kind: 'failed', code: 'UNDO_REJECTED' },
      });
      return;
    }
    run.journal.set(key, { decision: run.journal.get(key)?.decision ?? 'approved', undone: true });
    tell({ kind: 'undo-answered', at: run.events.length, stepId, round, answer: { kind: 'undone' } });
    if (hostile && random.chance(0.1)) plan(() => answerUndo(effect));
  };

  /** People do their part: whoever must act, acts. */
  const actOnAttention = (): boolean => {
    const waiting = Object.entries(state().steps).find(([, step]) => step.status === 'attention');
    if (!waiting) return false;
    const [stepId, step] = waiting;
    const id = `m${(messages += 1)}`;
    if (step.undo) {
      const result = random.pick(['undone', 'stands'] as const);
      deliver({ kind: 'undo-settlement', id, stepId, result, by: SUPERVISOR });
    } else {
      const decision = random.pick(['approved', 'refused'] as const);
      deliver({ kind: 'decision', id, stepId, round: step.round, decision, by: SUPERVISOR });
    }
    return true;
  };

  /** One thing that is on its way arrives; false: nothing is. */
  const step = (): boolean => {
    const index = random.below(pending.length);
    const [work] = pending.splice(index, 1);
    if (!work) return false;
    work();
    return true;
  };

  return {
    state,
    plan,
    tell,
    deliver,
    step,
    settle: () => {
      hostile = false;
      for (let left = 2_000; left > 0 && (step() || actOnAttention()); left -= 1);
    },
  };
};

const CLERK: Actor = { role: 'clerk', id: 'clerk-1' };
const SUPERVISOR: Actor = { role: 'supervisor', id: 'supervisor-1' };
const withdrawal = (random: Random): Message => ({
  kind: 'withdrawal',
  id: `w${random.below(1_000)}`,
  by: { role: 'applicant', id: 'applicant' },
});
