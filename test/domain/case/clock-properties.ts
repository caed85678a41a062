import { computeDues } from '../../../domain/case/dues.ts';
import type { HoldReason } from '../../../domain/case/clock.ts';
import type { CaseState, StepState } from '../../../domain/case/state.ts';
import { isStepEnd } from '../../../domain/case/status.ts';
import { walk, type Property } from './walk.ts';

/** The reasons for which a step is held, computed without the engine's own rule. */
const listHolds = (state: CaseState, id: string, step: StepState): HoldReason[] => {
  const held: HoldReason[] = [];
  const { kind } = state.plan.steps.find((candidate) => candidate.id === id)!;
  if (step.status === 'supplement') {
    held.push(state.notices[step.noticeId!]!.status === 'gathering' ? 'gathering' : 'supplement');
  }
  if (step.status === 'suspended')
    held.push(step.suspension!.procedure === 'other' ? 'suspension' : 'special-procedure');
  if (state.pledgeExpiredAt !== undefined) held.push('gap');
  if (kind === 'pay') held.push('payment');
  if (kind === 'deliver') held.push(step.attention === 'PARCEL_RETURNED' ? 'address' : 'delivery');
  if (step.parked) held.push('outage');
  return held.sort();
};

export const CLOCK_PROPERTIES = {
  'a clock runs from the first sending to the end, and is paused exactly while another party holds the step': (run) =>
    walk(run, (_before, _entry, after) => {
      for (const [id, step] of Object.entries(after.steps)) {
        const { clock } = step;
        if ((clock === undefined) !== (step.round === 0)) return `${id} has a clock in round ${step.round}`;
        if (!clock) continue;
        const open = clock.holds.filter(({ to }) => to === undefined).map(({ why }) => why);
        // The time of an undo or a doubt does not belong to the step.
        const looked = step.undo === true || step.attention === 'CORRECTION_BY_PERSON';
        if (isStepEnd(step.status) && clock.endedAt === undefined) return `the clock of ${id} runs after its end`;
        if (!isStepEnd(step.status) && clock.endedAt !== undefined && !looked) return `the clock of ${id} stopped`;
        const expected = clock.endedAt === undefined ? listHolds(after, id, step) : [];
        if (String(open.toSorted()) !== String(expected))
          return `${id} is held by ${open.join()} not ${expected.join()}`;
      }
      return undefined;
    }),

  'holds for one reason follow each other': (run) => {
    for (const [id, { clock }] of Object.entries(run.states.at(-1)!.steps)) {
      const last = new Map<HoldReason, number>();
      for (const { from, to, why } of clock?.holds ?? []) {
        if (from < (last.get(why) ?? 0)) return `${id}: two holds for ${why} overlap`;
        last.set(why, to ?? Infinity);
      }
    }
    return undefined;
  },

  'a due has one instant, and takes effect once': (run) => {
    const instants = new Map<string, number>();
    const fallen = new Set<string>();
    for (const [index, state] of run.states.entries()) {
      const event = run.events[index - 1];
      if (event?.kind === 'message' && event.message.kind === 'due' && run.outcomes[index - 1]!.kind === 'applied') {
        fallen.add(event.message.key);
      }
      for (const { key, from } of computeDues(state)) {
        if ((instants.get(key) ?? from) !== from) return `${key} was moved`;
        if (fallen.has(key)) return `${key} is due again`;
        instants.set(key, from);
      }
    }
    return undefined;
  },

  'a notice is sent once, and in the end every item is answered or has lapsed': (run) => {
    const told = new Set<string>();
    const twice = walk(run, (_before, entry) => {
      if (entry.kind !== 'supplement-notified') return undefined;
      if (told.has(entry.noticeId)) return `notice ${entry.noticeId} was told twice`;
      told.add(entry.noticeId);
      return undefined;
    });
    if (twice !== undefined) return twice;
    const { notices, closing, steps } = run.states.at(-1)!;
    const open = Object.entries(notices).find(([, { status }]) => status === 'gathering' || status === 'open');
    const asking = open?.[1].items.find(
      ({ stepId, answered }) => !answered && stepId !== undefined && !isStepEnd(steps[stepId]!.status),
    );
    return asking && closing === undefined ? `${asking.id} was forgotten` : undefined;
  },

  'a step that waits for a material does not start before the material arrives': (run) =>
    walk(run, (before, entry) => {
      if (entry.kind !== 'step-submitted' || entry.round !== 1) return undefined;
      if (before.pledgeExpiredAt !== undefined) return `${entry.stepId} started under an expired pledge`;
      const gap = run.plan.pledge?.gaps.find(
        ({ material, holds }) => holds.includes(entry.stepId) && !before.filled.includes(material),
      );
      return gap ? `${entry.stepId} started without ${gap.material}` : undefined;
    }),
} satisfies Record<string, Property>;
