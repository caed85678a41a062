import { ANSWERS, isEnding } from '../../../domain/case/answers.ts';
import { computeDues } from '../../../domain/case/dues.ts';
import { DECISION_KINDS, PROCEDURES, type Actor, type Message } from '../../../domain/case/messages.ts';
import type { CaseState, Notice } from '../../../domain/case/state.ts';
import { listOpenGaps } from '../../../domain/case/state.ts';
import type { Random } from './random.ts';

const CLERK: Actor = { role: 'clerk', id: 'clerk-1' };
export const SUPERVISOR: Actor = { role: 'supervisor', id: 'supervisor-1' };
const SYSTEM: Actor = { role: 'system', id: 'due-instants' };

const ENDINGS = DECISION_KINDS.filter(isEnding);

/** New message ids. */
export type NewId = () => string;

/** Without a random number of its own, so that kept seeds play the same schedules. */
const askAtWindow = (id: string, holds: string[]): Message => ({
  ...{ kind: 'supplement-request', id, by: CLERK, items: [{ holds }] },
  ...(holds.length % 3 === 1 && { now: true as const }),
});

const pickStep = (state: CaseState, random: Random): string =>
  random.chance(0.02) ? 'no-such-step' : random.pick(state.plan.steps).id;

const someSteps = (state: CaseState, random: Random): string[] =>
  state.plan.steps.map(({ id }) => id).filter(() => random.chance(0.25));

/** One of the steps whose limit can be extended. */
const pickStepToExtend = (state: CaseState, random: Random): string | undefined => {
  const steps = state.plan.steps.filter(({ extension }) => extension !== undefined);
  return steps.length > 0 ? random.pick(steps).id : undefined;
};

/** An action that a person may take at any moment, sensible or not. */
export const meddle = (state: CaseState, random: Random, newId: NewId): Message => {
  const stepId = pickStep(state, random);
  const to = random.chance(0.5) ? { agency: `agency-${random.below(4)}` } : { officer: 'officer-7' };
  const procedure = random.pick(PROCEDURES);
  const decision = random.pick(ENDINGS);
  const acts: (() => Message)[] = [
    () => ({ kind: 'urge', id: newId(), by: SUPERVISOR, stepId }),
    () => ({
      kind: 'extension',
      id: newId(),
      by: SUPERVISOR,
      stepId: pickStepToExtend(state, random) ?? stepId,
      days: 1 + random.below(7),
    }),
    () => ({ kind: 'suspension', id: newId(), by: SUPERVISOR, stepId, procedure, expectedDays: 5 }),
    () => ({ kind: 'resumption', id: newId(), by: SUPERVISOR, stepId }),
    () => ({ kind: 'reassignment', id: newId(), by: SUPERVISOR, stepId, to }),
    () => ({ kind: 'resend', id: newId(), by: SUPERVISOR, stepId }),
    () => ({ kind: 'redo', id: newId(), by: SUPERVISOR, stepId }),
    () => ({ kind: 'keep', id: newId(), by: SUPERVISOR, stepId }),
    () => ({ kind: 'confirmation', id: newId(), by: CLERK, stepId }),
    () => ({ kind: 'undo-settlement', id: newId(), by: SUPERVISOR, stepId, result: 'stands' }),
    () => ({ kind: 'undo-retry', id: newId(), by: SUPERVISOR, stepId }),
    () => ({ kind: 'adoption', id: newId(), by: SUPERVISOR, stepId, adopts: 'm0', decision }),
    () => ({ kind: 'correction', id: newId(), by: CLERK, affected: someSteps(state, random) }),
    () => askAtWindow(newId(), someSteps(state, random)),
    () => answerTo(state, random, random.pick([...Object.keys(state.notices), '7']), newId()),
    () => ({ kind: 'gap-fill', id: newId(), by: CLERK, materials: ['material-0'] }),
    () => ({ kind: 'release', id: newId(), by: SYSTEM, stepId, round: 1 }),
    () => ({ kind: 'due', id: newId(), by: SYSTEM, key: 'pledge' }),
    () => ({ kind: 'calendar-change', id: newId(), by: SYSTEM, calendar: '2027.1', before: '2026.1' }),
  ];
  if (random.chance(0.04)) acts.push(() => ({ kind: 'termination', id: newId(), by: SUPERVISOR }));
  const act = random.pick(acts)();
  return random.chance(0.02) ? { ...act, rightsLost: true } : act;
};

/** Time passes: one of the instants that the case waits for. */
export const passTime = (state: CaseState, random: Random): Message | undefined => {
  const waited = computeDues(state);
  if (waited.length === 0) return undefined;
  const { key } = random.pick(waited);
  return { kind: 'due', id: `due:${key}`, by: SYSTEM, key };
};

/**
 * An answer to all or some of the open items of a notice. It sometimes corrects values that other
 * steps used.
 */
export const answerTo = (state: CaseState, random: Random, noticeId: string, id: string): Message => {
  const open = (state.notices[noticeId]?.items ?? []).filter(({ answered }) => !answered).map((item) => item.id);
  const part = random.chance(0.3) ? open.filter(() => random.chance(0.5)) : open;
  const items = part.length > 0 ? part : open;
  const affected = random.chance(0.2) ? someSteps(state, random) : [];
  return { kind: 'supplement-answer', id, by: CLERK, noticeId, items, affected };
};

/**
 * The first action that a person has to take for the case to continue; undefined: none is needed.
 * Waits for applicants may also end when time passes.
 */
export const dueAct = (state: CaseState, random: Random, newId: NewId): Message | undefined => {
  for (const [stepId, step] of Object.entries(state.steps)) {
    if (step.status === 'attention' && step.attention === 'CORRECTION_BY_PERSON') {
      return random.chance(0.7)
        ? { kind: 'keep', id: newId(), by: SUPERVISOR, stepId }
        : { kind: 'redo', id: newId(), by: SUPERVISOR, stepId };
    }
    if (step.status === 'attention' && step.undo) {
      if (step.attention !== 'UNDO_BY_PERSON' && random.chance(0.3)) {
        return { kind: 'undo-retry', id: newId(), by: SUPERVISOR, stepId };
      }
      const result = random.pick(['undone', 'stands'] as const);
      return { kind: 'undo-settlement', id: newId(), by: SUPERVISOR, stepId, result };
    }
    if (step.attention === 'PARCEL_RETURNED' && random.chance(0.7)) {
      return random.chance(0.5)
        ? { kind: 'redo', id: newId(), by: SUPERVISOR, stepId }
        : { kind: 'correction', id: newId(), by: CLERK, affected: [stepId] };
    }
    if (step.status === 'attention') {
      if (step.attention === 'RECORD_MISSED' && random.chance(0.7)) {
        return random.chance(0.8)
          ? { kind: 'confirmation', id: newId(), by: CLERK, stepId }
          : { kind: 'redo', id: newId(), by: SUPERVISOR, stepId };
      }
      const { kind } = state.plan.steps.find(({ id }) => id === stepId)!;
      const decision = random.pick(ENDINGS.filter((ending) => ANSWERS[kind].some((possible) => possible === ending)));
      return { kind: 'decision', id: newId(), by: SUPERVISOR, stepId, round: step.round, decision };
    }
    if (step.status === 'suspended' && state.closing === undefined)
      return { kind: 'resumption', id: newId(), by: SUPERVISOR, stepId };
    if (step.parked) return { kind: 'release', id: newId(), by: SYSTEM, stepId, round: step.round };
  }
  const asked = Object.keys(state.notices).find((id) => isOpen(state.notices[id]));
  if (asked !== undefined && random.chance(0.7)) return answerTo(state, random, asked, newId());
  const gaps = listOpenGaps(state);
  if (gaps.length > 0 && random.chance(0.5)) return { kind: 'gap-fill', id: newId(), by: CLERK, materials: gaps };
  return passTime(state, random);
};

const isOpen = (notice: Notice | undefined): boolean => notice?.status === 'gathering' || notice?.status === 'open';
