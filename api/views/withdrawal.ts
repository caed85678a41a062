import { z } from 'zod';
import type { CaseWithPlan } from '../../db/cases/cases.ts';
import { readCaseState } from '../../db/cases/case-state.ts';
import { readBodies } from '../../db/messages/inbox.ts';
import { findClosing } from '../../db/cases/ledger.ts';
import { listSteps, type StepRow } from '../../db/cases/steps.ts';
import { closingEffect, undoClassOf } from '../../domain/case/closing.ts';
import { whyNotOpen } from '../../domain/case/run.ts';
import { agencyOf, planStepOf, stepOf } from '../../domain/case/state.ts';
import type { WithdrawalConfirmation, WithdrawalPreview } from '../../contract/withdrawals.ts';
import type { Deps } from '../deps.ts';
import { problem } from '../http/problems.ts';
import type { Reading } from '../http/reading.ts';
import { agencyName } from './names.ts';
import { instants, iso } from './instants.ts';
import { stepName } from './names.ts';

/**
 * The effect that a withdrawal would have on each step now, computed with the rules of the engine.
 */
export const previewWithdrawal = async (deps: Deps, found: CaseWithPlan): Promise<WithdrawalPreview> => {
  const [{ state }, agencies, { matter }] = await Promise.all([
    readCaseState(deps.pool, found),
    deps.registry.agencies(),
    deps.registry.matterOf(found),
  ]);
  const code = whyNotOpen(state);
  return {
    allowed: code === undefined,
    ...(code !== undefined && { code }),
    steps: state.plan.steps
      .filter(({ id }) => stepOf(state, id).status !== 'skipped')
      .map((step) => ({
        id: step.id,
        name: stepName(matter, step.id),
        agency: agencyName(agencies, agencyOf(state, step.id)),
        status: stepOf(state, step.id).status,
        effect: closingEffect(state, step, 'withdrawal'),
        undo: undoClassOf(step, stepOf(state, step.id).decided?.decision),
      })),
  };
};

const Why = z.object({ reason: z.string().optional() });

/** The outcome of each step of a withdrawn case. Throws `NOT_WITHDRAWN`. */
export const confirmWithdrawal = async (
  deps: Deps,
  reading: Reading,
  found: CaseWithPlan,
): Promise<WithdrawalConfirmation> => {
  const { pool, registry } = deps;
  const opener = reading.open({ kind: 'words', purpose: 'withdrawal', caseId: found.caseId });
  const closing = found.closing === 'withdrawal' ? await findClosing(pool, found.caseId) : undefined;
  if (!closing) throw problem('NOT_WITHDRAWN');
  const [steps, bodies, agencies, { matter }] = await Promise.all([
    listSteps(pool, found.caseId),
    readBodies(pool, opener, found.caseId),
    registry.agencies(),
    registry.matterOf(found),
  ]);
  return {
    caseNo: found.caseNo,
    matter: { code: found.matter, version: found.version, name: matter.name },
    submittedAt: iso(found.submittedAt),
    withdrawnAt: iso(closing.at),
    by: closing.by,
    ...Why.catch({}).parse(bodies.get(closing.messageId)?.()),
    ...instants(found, ['endedAt']),
    steps: steps
      .filter(({ status }) => status !== 'skipped')
      .map((step) => ({
        id: step.stepId,
        name: stepName(matter, step.stepId),
        agency: agencyName(agencies, step.agency),
        outcome: outcomeOf(step),
        undo: undoClassOf(planStepOf(found.plan, step.stepId), step.decision),
        ...(step.endedAt !== undefined && { at: iso(step.endedAt) }),
      })),
  };
};

const outcomeOf = ({ status, round, attention }: StepRow): WithdrawalConfirmation['steps'][number]['outcome'] => {
  switch (status) {
    case 'done':
      return 'stands';
    case 'undone':
      return 'undone';
    case 'stopped':
      return round === 0 ? 'not-started' : 'stopped';
    case 'refused':
    case 'lapsed':
    case 'blocked':
    case 'skipped':
      return 'ended';
    default:
      return attention === 'UNDO_BY_PERSON' ? 'to-person' : 'being-undone';
  }
};
