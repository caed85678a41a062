import { isDeepStrictEqual } from 'node:util';
import { begin } from '../../../matters/engine/engine.ts';
import { descendants } from '../../../matters/engine/needs.ts';
import type { PlanNeed } from '../../../matters/engine/plan.ts';
import { fold, type CaseState } from '../../../matters/engine/state.ts';
import { isCaseEnd, isStepEnd } from '../../../matters/engine/status.ts';
import type { Run } from './simulator.ts';

/** Each names what it found wrong; undefined: nothing. They judge by the plan and the entries, not by the engine's helpers. */
type Property = (run: Run) => string | undefined;

/** Walks the ledger entry by entry with the state before each. */
const walk = (run: Run, look: (before: CaseState, entry: Run['entries'][number][number]) => string | undefined) => {
  let state = begin(run.plan);
  for (const entry of run.entries.flat()) {
    const found = look(state, entry);
    if (found) return found;
    state = fold(state, entry);
  }
  return undefined;
};

const done = (state: CaseState, id: string) => state.steps[id]!.status === 'done';
const over = (state: CaseState, id: string) => isStepEnd(state.steps[id]!.status);
const applying = (run: Run, need: PlanNeed) =>
  need.of.filter((id) => run.plan.steps.find((step) => step.id === id)!.skip !== true);

const isMet = (run: Run, state: CaseState, need: PlanNeed): boolean => {
  const of = applying(run, need);
  if (of.length === 0) return true;
  switch (need.mode) {
    case 'all':
      return of.every((id) => done(state, id));
    case 'any':
      return of.some((id) => done(state, id));
    case 'settled':
      return of.every((id) => over(state, id));
    case 'some':
      return of.every((id) => over(state, id)) && of.some((id) => done(state, id));
  }
};

/** No later event can meet the need any more. */
const isLost = (run: Run, state: CaseState, need: PlanNeed): boolean => {
  const of = applying(run, need);
  const lost = (id: string) => over(state, id) && !done(state, id);
  if (need.mode === 'all') return of.some(lost);
  return need.mode !== 'settled' && of.length > 0 && of.every(lost);
};

export const PROPERTIES: Record<string, Property> = {
  'no step starts before its needs': (run) =>
    walk(run, (state, entry) => {
      if (entry.kind !== 'step-submitted' || entry.round !== 1) return undefined;
      const step = run.plan.steps.find((candidate) => candidate.id === entry.stepId)!;
      const unmet = step.needs.find((need) => !isMet(run, state, need));
      return unmet ? `${step.id} started without ${unmet.mode} of ${unmet.of.join(', ')}` : undefined;
    }),

  'each step settles once, and a later round needs a supplement': (run) => {
    const ends = new Map<string, number>();
    return walk(run, (state, entry) => {
      if (entry.kind === 'step-decided' || entry.kind === 'step-blocked' || entry.kind === 'step-stopped') {
        ends.set(entry.stepId, (ends.get(entry.stepId) ?? 0) + 1);
        if (ends.get(entry.stepId)! > 1) return `${entry.stepId} settled twice`;
      }
      if (entry.kind === 'step-submitted' && entry.round !== state.steps[entry.stepId]!.round + 1) {
        return `${entry.stepId} jumped to round ${entry.round}`;
      }
      return undefined;
    });
  },

  'a refusal blocks exactly its descendants': (run) => {
    const wrong = walk(run, (state, entry) => {
      if (entry.kind !== 'step-blocked') return undefined;
      const step = run.plan.steps.find((candidate) => candidate.id === entry.stepId)!;
      if (!step.needs.some((need) => isLost(run, state, need))) return `${step.id} was blocked though it could run`;
      return descendants(run.plan, entry.because).has(step.id)
        ? undefined
        : `${entry.because} does not lead to ${step.id}`;
    });
    if (wrong !== undefined) return wrong;
    const last = run.states.at(-1)!;
    const idle = run.plan.steps.find((step) => ['waiting', 'ready'].includes(last.steps[step.id]!.status));
    return idle ? `${idle.id} neither ran nor was blocked` : undefined;
  },

  'undo runs in reverse and only over what was started': (run) =>
    walk(run, (state, entry) => {
      if (entry.kind !== 'undo-started') return undefined;
      const { stepId } = entry;
      const step = run.plan.steps.find((candidate) => candidate.id === stepId)!;
      if (state.steps[stepId]!.round === 0) return `${stepId} is undone though it never started`;
      if (step.undo.class === 'none') return `${stepId} has nothing to undo`;
      const failed = (step.undo.whenFails ?? []).some((id) => ['refused', 'blocked'].includes(state.steps[id]!.status));
      if (!state.withdrawing && !failed) return `${stepId} is undone without a reason`;
      if ((step.undo.standsAfter ?? []).some((id) => done(state, id))) return `${stepId} stands and is undone`;
      const open = [...descendants(run.plan, stepId)].find((id) => state.steps[id]!.undo && !over(state, id));
      return open ? `${stepId} is undone before ${open}` : undefined;
    }),

  'what was undone stays undone, and nothing starts while a case is withdrawn': (run) =>
    walk(run, (state, entry) => {
      if (!('stepId' in entry)) return undefined;
      const before = state.steps[entry.stepId];
      if (before?.status === 'undone' && entry.kind !== 'message-refused')
        return `${entry.stepId} moved after its undo`;
      if (entry.kind === 'step-submitted' && entry.round === 1 && state.withdrawing)
        return `${entry.stepId} started late`;
      return undefined;
    }),

  'the case settles once everything is answered, and nothing but refusals comes after': (run) => {
    if (!isCaseEnd(run.states.at(-1)!.status)) {
      const open = Object.entries(run.states.at(-1)!.steps).filter(([, step]) => !isStepEnd(step.status));
      return `still open: ${open.map(([id, step]) => `${id} ${step.status}`).join(', ')}`;
    }
    const entries = run.entries.flat();
    const end = entries.findIndex((entry) => entry.kind === 'case-ended');
    return entries.slice(end + 1).every((entry) => entry.kind === 'message-refused')
      ? undefined
      : 'the case went on after its end';
  },

  'the end says what happened': (run) => {
    const { status, withdrawing, steps } = run.states.at(-1)!;
    const all = Object.values(steps).map((step) => step.status);
    const clean = all.every((one) => one === 'done' || one === 'skipped');
    if (withdrawing !== (status === 'withdrawn')) return `${status} though withdrawing is ${String(withdrawing)}`;
    const accepted = run.entries.flat().some((entry) => entry.kind === 'case-accepted');
    if (!withdrawing && !accepted) return status === 'not-accepted' ? undefined : `${status} though never accepted`;
    if (!withdrawing && clean !== (status === 'completed')) return `${status} with steps ${all.join(', ')}`;
    return status === 'partially-completed' && !all.includes('done') ? 'partial with nothing done' : undefined;
  },

  'the fold of the recorded ledger gives the engine’s state': (run) =>
    isDeepStrictEqual(run.entries.flat().reduce(fold, begin(run.plan)), run.states.at(-1)) &&
    run.states.at(-1)!.seq === 1 + run.entries.flat().length
      ? undefined
      : 'the fold differs from the state',

  'every step is asked of its agency once a round, unless a person sends it again': (run) => {
    const resent = run.entries.flat().filter((entry) => entry.kind === 'step-resent').length;
    const sent = run.effects.filter((effect) => effect.kind === 'submit');
    const keys = new Set(sent.map((effect) => `${effect.stepId}:${effect.round}`));
    return sent.length - keys.size === resent ? undefined : `${sent.length} sendings of ${keys.size} keys`;
  },

  'a message counts once, and every message leaves its outcome': (run) => {
    const applied = run.entries
      .flat()
      .flatMap((entry) => ('messageId' in entry && entry.kind !== 'message-refused' ? [entry.messageId] : []));
    if (new Set(applied).size !== applied.length) return 'a message was applied twice';
    const { messages } = run.states.at(-1)!;
    const lost = run.events.some(
      (event, index) =>
        event.kind === 'delivered' &&
        messages[event.message.id] === undefined &&
        run.outcomes[index]!.kind !== 'repeated',
    );
    return lost ? 'a message left no trace' : undefined;
  },

  'an agency that was told to undo is not asked again': (run) => {
    const undone = new Set<string>();
    for (const effect of run.effects) {
      if (effect.kind === 'undo') undone.add(effect.stepId);
      if (effect.kind === 'submit' && undone.has(effect.stepId)) return `${effect.stepId} was sent after its undo`;
    }
    return undefined;
  },
};
