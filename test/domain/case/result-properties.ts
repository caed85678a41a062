import type { Effect } from '../../../domain/case/effects.ts';
import type { ResultSource } from '../../../domain/case/messages.ts';
import { isStepEnd } from '../../../domain/case/status.ts';
import { walk, type Property } from './walk.ts';

const listOf = (sources: readonly ResultSource[] | undefined): string =>
  (sources ?? []).map(({ stepId, messageId }) => `${stepId} of ${messageId}`).join(', ');

export const RESULT_PROPERTIES = {
  'all attempts at a round send the same results': (run) => {
    const sent = new Map<string, string>();
    const submits = run.effects.filter(
      (effect): effect is Extract<Effect, { kind: 'submit' }> => effect.kind === 'submit',
    );
    for (const { stepId, round, results } of submits) {
      const key = `${stepId}:${round}`;
      const before = sent.get(key);
      if (before !== undefined && before !== listOf(results))
        return `${key} was sent ${before}, then ${listOf(results)}`;
      sent.set(key, listOf(results));
    }
    return undefined;
  },

  'a round is sent the results that count when it begins, and no others': (run) =>
    walk(run, (before, entry, after) => {
      if (!('round' in entry) || entry.kind === 'step-released' || entry.kind === 'step-resent') return undefined;
      const step = after.steps[entry.stepId]!;
      if (step.status !== 'submitted' || step.round === before.steps[entry.stepId]!.round) return undefined;
      const reads = run.plan.steps.find(({ id }) => id === entry.stepId)?.reads ?? [];
      const expected = reads.flatMap((id) => {
        const { status, attention, decided, undo } = before.steps[id]!;
        const counts = status === 'done' || attention === 'CORRECTION_BY_PERSON';
        const isPositive = decided?.decision === 'approved' || decided?.decision === 'exempt';
        if (isPositive && counts) return [{ stepId: id, messageId: decided.messageId }];
        // It is decided again: until then its earlier result is sent.
        const isOpen = !isStepEnd(status) && undo !== true;
        return isOpen ? (before.steps[entry.stepId]!.results ?? []).filter(({ stepId }) => stepId === id) : [];
      });
      return listOf(step.results) === listOf(expected) ? undefined : `${entry.stepId} was sent ${listOf(step.results)}`;
    }),

  'a step that was sent a result does not stay with it once another one counts': (run) =>
    walk(run, (_, entry, after) => {
      if (entry.kind !== 'case-ended' || after.closing !== undefined) return undefined;
      for (const { id, reads = [] } of run.plan.steps) {
        const { status, results = [] } = after.steps[id]!;
        const stale = results.find(({ stepId, digest }) => {
          const giver = after.steps[stepId]!;
          return giver.status === 'done' && giver.decided?.result !== digest;
        });
        if (!stale || status !== 'done' || !reads.includes(stale.stepId) || wasKept(run, id)) continue;
        return `${id} stays with ${stale.messageId}`;
      }
      return undefined;
    }),
} satisfies Record<string, Property>;

/** A person decided that the step stands as it is, or which kept answer is its decision. */
const wasKept = ({ entries }: Parameters<Property>[0], stepId: string): boolean =>
  entries
    .flat()
    .some(
      (entry) =>
        (entry.kind === 'step-kept' ||
          entry.kind === 'undo-settled' ||
          (entry.kind === 'step-decided' && entry.via === 'adoption')) &&
        entry.stepId === stepId,
    );
