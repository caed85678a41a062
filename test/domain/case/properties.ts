import { isDeepStrictEqual } from 'node:util';
import type { Effect } from '../../../domain/case/effects.ts';
import { begin } from '../../../domain/case/engine.ts';
import { fold } from '../../../domain/case/fold.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import type { Plan, PlanNeed } from '../../../domain/case/plan.ts';
import type { CaseState } from '../../../domain/case/state.ts';
import { isCaseEnd, isStepEnd } from '../../../domain/case/status.ts';
import { ANSWER_PROPERTIES } from './answer-properties.ts';
import { CLOCK_PROPERTIES } from './clock-properties.ts';
import { CONTENT_PROPERTIES } from './content-properties.ts';
import { OFFER_PROPERTIES } from './offer-properties.ts';
import { RESULT_PROPERTIES } from './result-properties.ts';
import { walk, type Property } from './walk.ts';
import { WAYS_OUT_PROPERTIES } from './ways-out.ts';

const isDone = (state: CaseState, id: string) => state.steps[id]!.status === 'done';
const isOver = (state: CaseState, id: string) => isStepEnd(state.steps[id]!.status);
const planStepOf = (state: CaseState, id: string) => state.plan.steps.find((candidate) => candidate.id === id)!;
const listApplying = (state: CaseState, need: PlanNeed) => need.of.filter((id) => planStepOf(state, id).skip !== true);

/** Every step that waits, directly or through others, for `stepId`. */
const listDescendants = ({ steps }: Plan, stepId: string): Set<string> => {
  const found = new Set<string>();
  // One pass is enough: every step comes after its needs.
  for (const step of steps) {
    const waitsFor = step.needs.flatMap((need) => need.of);
    if (waitsFor.some((id) => id === stepId || found.has(id))) found.add(step.id);
  }
  return found;
};

const isMet = (state: CaseState, need: PlanNeed): boolean => {
  const of = listApplying(state, need);
  if (of.length === 0) return true;
  switch (need.mode) {
    case 'all':
      return of.every((id) => isDone(state, id));
    case 'any':
      return of.some((id) => isDone(state, id));
    case 'settled':
      return of.every((id) => isOver(state, id));
    case 'some':
      return of.every((id) => isOver(state, id)) && of.some((id) => isDone(state, id));
  }
};

/** The need can no longer be met. */
const isLost = (state: CaseState, need: PlanNeed): boolean => {
  const of = listApplying(state, need);
  const hasFailed = (id: string) => isOver(state, id) && !isDone(state, id);
  if (need.mode === 'all') return of.some(hasFailed);
  return need.mode !== 'settled' && of.length > 0 && of.every(hasFailed);
};

/** New rounds, ordered by a person, an answer or a correction; they end the round before. */
const NEW_ROUND: ReadonlySet<LedgerEntry['kind']> = new Set(['step-redone', 'step-redriven', 'step-reassigned']);

/** The agency has the step, or may have it. */
const AT_AGENCY: ReadonlySet<string> = new Set(['submitted', 'accepted', 'suspended', 'attention']);

export const PROPERTIES = {
  ...CLOCK_PROPERTIES,
  ...WAYS_OUT_PROPERTIES,
  ...OFFER_PROPERTIES,
  ...CONTENT_PROPERTIES,
  ...ANSWER_PROPERTIES,
  ...RESULT_PROPERTIES,

  'no step starts before its needs': (run) =>
    walk(run, (state, entry) => {
      if (entry.kind !== 'step-submitted' || entry.round !== 1) return undefined;
      const step = planStepOf(state, entry.stepId);
      const unmet = step.needs.find((need) => !isMet(state, need));
      return unmet ? `${step.id} started without ${unmet.mode} of ${unmet.of.join(', ')}` : undefined;
    }),

  'an ended step changes only by a new round or an undo, and rounds count up': (run) =>
    walk(run, (state, entry) => {
      if (entry.kind === 'step-decided' || entry.kind === 'step-blocked' || entry.kind === 'step-stopped') {
        if (isOver(state, entry.stepId)) return `${entry.stepId} settled twice`;
      }
      const isNew = entry.kind === 'step-submitted' || NEW_ROUND.has(entry.kind);
      if (!isNew || !('stepId' in entry) || !('round' in entry)) return undefined;
      const { round } = state.steps[entry.stepId]!;
      const stays = entry.kind === 'step-reassigned' && entry.officer !== undefined;
      return entry.round === (stays ? round : round + 1) ? undefined : `${entry.stepId} jumped to ${entry.round}`;
    }),

  'a refusal blocks exactly the descendants of the step, and a redo unblocks them': (run) => {
    const wrong = walk(run, (state, entry, after) => {
      if (entry.kind === 'step-redone') {
        const blocked = state.plan.steps.find(
          ({ id }) => after.steps[id]!.because === entry.stepId && after.steps[id]!.status === 'blocked',
        );
        return blocked ? `${blocked.id} is still blocked by ${entry.stepId}` : undefined;
      }
      if (entry.kind !== 'step-blocked') return undefined;
      const step = planStepOf(state, entry.stepId);
      if (!step.needs.some((need) => isLost(state, need))) return `${step.id} was blocked though it could run`;
      return listDescendants(state.plan, entry.because).has(step.id)
        ? undefined
        : `${entry.because} does not lead to ${step.id}`;
    });
    if (wrong !== undefined) return wrong;
    const last = run.states.at(-1)!;
    const idle = last.plan.steps.find((step) => ['waiting', 'ready'].includes(last.steps[step.id]!.status));
    return idle ? `${idle.id} neither ran nor was blocked` : undefined;
  },

  'undos run in reverse order, and only for steps that were started': (run) =>
    walk(run, (state, entry) => {
      if (entry.kind !== 'undo-started') return undefined;
      const { stepId } = entry;
      const step = planStepOf(state, stepId);
      if (state.steps[stepId]!.round === 0) return `${stepId} is undone though it never started`;
      if (step.undo.class === 'none') return `${stepId} has nothing to undo`;
      const failed = (step.undo.whenFails ?? []).some((id) =>
        ['refused', 'lapsed', 'blocked', 'stopped', 'undone'].includes(state.steps[id]!.status),
      );
      const closes = state.closing === 'withdrawal' || (state.closing !== undefined && !isDone(state, stepId));
      if (!closes && !failed) return `${stepId} is undone without a reason`;
      if ((step.undo.standsAfter ?? []).some((id) => isDone(state, id))) return `${stepId} stands and is undone`;
      const open = [...listDescendants(state.plan, stepId)].find((id) => state.steps[id]!.undo && !isOver(state, id));
      return open ? `${stepId} is undone before ${open}` : undefined;
    }),

  'a person decides about the undo of a result, and the system withdraws what is not a result yet': (run) =>
    walk(run, (state, entry) => {
      if (entry.kind !== 'undo-started') return undefined;
      const { stepId, class: undoClass } = entry;
      const personal = ['correct', 'revoke'].includes(planStepOf(state, stepId).undo.class);
      const isResult = ['approved', 'exempt'].includes(state.steps[stepId]!.decided?.decision ?? '');
      const wanted = personal && !isResult ? 'withdraw' : planStepOf(state, stepId).undo.class;
      return undoClass === wanted ? undefined : `${stepId} is undone by ${undoClass}, not by ${wanted}`;
    }),

  'an undone step stays undone unless a person orders a redo, and no step starts while the case is being closed': (
    run,
  ) =>
    walk(run, (state, entry, after) => {
      if (!('stepId' in entry) || entry.kind === 'message-refused') return undefined;
      const before = state.steps[entry.stepId];
      const moved = before?.status === 'undone' && after.steps[entry.stepId]!.status !== 'undone';
      if (moved && entry.kind !== 'step-redone') return `${entry.stepId} moved after its undo`;
      const starts = entry.kind === 'step-submitted' || NEW_ROUND.has(entry.kind);
      return starts && state.closing !== undefined ? `${entry.stepId} started late` : undefined;
    }),

  'a case ends when everything is answered, and only a person reopens it': (run) => {
    if (!isCaseEnd(run.states.at(-1)!.status)) {
      const open = Object.entries(run.states.at(-1)!.steps).filter(([, step]) => !isStepEnd(step.status));
      return `still open: ${open.map(([id, step]) => `${id} ${step.status}`).join(', ')}`;
    }
    return walk(run, (state, entry) => {
      const allowed = entry.kind === 'message-refused' || entry.kind === 'case-reopened';
      return isCaseEnd(state.status) && !allowed ? `${entry.kind} after the end` : undefined;
    });
  },

  'the end of a case matches the ends of its steps': (run) => {
    const { status, closing, steps } = run.states.at(-1)!;
    const all = Object.values(steps).map((step) => step.status);
    const clean = all.every((one) => one === 'done' || one === 'skipped');
    if ((closing === 'withdrawal') !== (status === 'withdrawn'))
      return `${status} although closing is ${String(closing)}`;
    if (closing !== undefined && closing !== 'withdrawal') {
      return ['returned', 'partially-completed'].includes(status) ? undefined : `${status} after ${closing}`;
    }
    const entries = run.entries.flat();
    const accepted = entries.some(({ kind }) => kind === 'case-accepted' || kind === 'case-deemed-accepted');
    if (closing === undefined && !accepted) {
      // Only a person refuses the intake. Without that the case was not examined.
      const isRefused = steps[run.plan.acceptedBy!]!.status === 'refused';
      const notAccepted = isRefused === (status === 'not-accepted');
      return notAccepted && !['completed', 'partially-completed'].includes(status)
        ? undefined
        : `${status} though never accepted`;
    }
    if (status === 'lapsed' && (all.includes('refused') || !all.includes('lapsed')))
      return `lapsed with steps ${all.join(', ')}`;
    if (closing === undefined && clean !== (status === 'completed')) return `${status} with steps ${all.join(', ')}`;
    return status === 'partially-completed' && !all.includes('done') ? 'partial with nothing done' : undefined;
  },

  'the fold of the recorded ledger gives the engine’s state': (run) =>
    isDeepStrictEqual(run.entries.flat().reduce(fold, begin(run.plan, 0)), run.states.at(-1)) &&
    run.states.at(-1)!.seq === 1 + run.entries.flat().length
      ? undefined
      : 'the fold differs from the state',

  'every step is sent to its agency once in a round, unless it is resent, released or resumed': (run) => {
    let again = 0;
    walk(run, (_before, entry, after) => {
      const resumed = entry.kind === 'step-resumed' && after.steps[entry.stepId]!.status === 'submitted';
      if (entry.kind === 'step-resent' || entry.kind === 'step-released' || resumed) again += 1;
      return undefined;
    });
    const sent = run.effects.filter((effect) => effect.kind === 'submit');
    const keys = new Set(sent.map((effect) => `${effect.stepId}:${effect.round}`));
    return sent.length - keys.size === again ? undefined : `${sent.length} sendings of ${keys.size} keys`;
  },

  'a message counts once, its outcome is recorded, and every repetition gets the same answer': (run) => {
    for (const [index, event] of run.events.entries()) {
      if (event.kind !== 'message') continue;
      const { id } = event.message;
      const { kind } = run.outcomes[index]!;
      const known = run.states[index]!.messages[id];
      if (known && run.entries[index]!.length > 0) return `${id} counted twice`;
      if (known && kind !== known.kind) return `${id} was ${known.kind} and is ${kind}`;
      if (run.states[index + 1]!.messages[id] === undefined && kind !== 'repeated') return `${id} left no trace`;
    }
    return undefined;
  },

  'the answer to an undo counts only for the round that was undone': (run) => {
    for (const [index, event] of run.events.entries()) {
      if (event.kind !== 'undo-answered' || event.round === run.states[index]!.steps[event.stepId]!.round) continue;
      if (run.entries[index]!.length > 0) return `${event.stepId} heard of round ${event.round}`;
    }
    return undefined;
  },

  'a round that was undone or called off is not sent again': (run) => {
    const over = new Set<string>();
    for (const effect of run.effects) {
      const key = `${effect.stepId}:${effect.round}`;
      if (effect.kind === 'undo' || effect.kind === 'call-off') over.add(key);
      if (effect.kind === 'submit' && over.has(key)) return `${key} was sent after it was taken back`;
    }
    return undefined;
  },

  'a run that continues from the ledger carries out what is open, and asks for nothing new': (run) => {
    const keyOf = (effect: Effect) =>
      [
        effect.kind,
        'class' in effect ? effect.class : '',
        'agency' in effect ? effect.agency : '',
        effect.stepId,
        effect.round,
      ].join(' ');
    for (const { effects, after } of run.resumptions) {
      const before = run.effects.slice(0, after);
      const asked = new Set(before.map(keyOf));
      const stranger = effects.find((effect) => !asked.has(keyOf(effect)));
      if (stranger) return `${keyOf(stranger)} is new`;
      const again = new Set(effects.map(keyOf));
      const forgotten = before.find((effect) => effect.kind === 'call-off' && !again.has(keyOf(effect)));
      if (forgotten) return `${keyOf(forgotten)} is forgotten`;
    }
    for (const [index, event] of run.events.entries()) {
      if (event.kind === 'started' && index > 0 && run.entries[index]!.some(({ kind }) => kind !== 'case-resumed'))
        return 'the case began twice';
    }
    return undefined;
  },

  'a request for one round is the same every time, byte for byte': (run) => {
    const asked = new Map<string, Effect>();
    for (const effect of [...run.effects, ...run.resumptions.flatMap(({ effects }) => effects)]) {
      if (effect.kind !== 'submit') continue;
      const key = `${effect.stepId}:${effect.round}`;
      const first = asked.get(key) ?? effect;
      if (!isDeepStrictEqual(first, effect)) return `${key} is asked for in two ways`;
      asked.set(key, first);
    }
    return undefined;
  },

  'an agency that may have a dropped round is notified': (run) => {
    const told = new Set(run.effects.map((effect) => `${effect.kind}:${effect.stepId}:${effect.round}`));
    return walk(run, (state, entry) => {
      const drops = entry.kind === 'step-stopped' || (NEW_ROUND.has(entry.kind) && !('officer' in entry));
      if (!drops || !('stepId' in entry)) return undefined;
      const { status, round } = state.steps[entry.stepId]!;
      const key = `${entry.stepId}:${round}`;
      if (!AT_AGENCY.has(status) || told.has(`call-off:${key}`) || told.has(`undo:${key}`)) return undefined;
      return `${key} was dropped without a word`;
    });
  },
} satisfies Record<string, Property>;
