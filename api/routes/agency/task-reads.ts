import type { Read } from '../../../domain/reads.ts';

/** A read of someone who handles a task. */
export const readOf = (kind: 'form' | 'draft', { caseId, stepId }: { caseId: string; stepId: string }): Read => ({
  ...{ kind, purpose: 'task', caseId, stepId },
});
