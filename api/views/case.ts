import { z } from 'zod';
import type { AgencyRecord } from '../../db/agencies.ts';
import type { CaseRow } from '../../db/cases.ts';
import { listDisclosures, type DisclosureRow } from '../../db/disclosures.ts';
import { readBodies } from '../../db/inbox.ts';
import { listSteps, type StepRow } from '../../db/steps.ts';
import { findStep } from '../../matters/compile.ts';
import { isStepEnd } from '../../matters/engine/status.ts';
import { caseLight, lightOf, type Light } from '../../matters/light.ts';
import type { Matter, Text } from '../../matters/schema.ts';
import type { CaseSummary, CaseView, StepView } from '../contract.ts';
import type { Deps } from '../deps.ts';
import { can, type Caller } from '../policy.ts';
import { agencyName } from '../registry.ts';
import { caseActions, stepActionsFor, stepResource } from './actions.ts';
import { waitingOn } from './waiting.ts';

/** What a decision's message may say besides the decision; rule traces and the like are left out. */
const Words = z.object({
  reason: z.string().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  supplements: z.array(z.record(z.string(), z.unknown())).optional(),
});
type Words = z.infer<typeof Words>;

/** Everything that a case's page shows, for this caller: an agency's words only to those who may read them. */
export const viewCase = async (deps: Deps, caller: Caller, found: CaseRow): Promise<CaseView> => {
  const { pool, cipher, registry } = deps;
  const [steps, disclosures, bodies, agencies, { matter }] = await Promise.all([
    listSteps(pool, found.caseId),
    listDisclosures(pool, found.caseId),
    readBodies(pool, cipher, found.caseId),
    registry.agencies(),
    registry.matterOf(found),
  ]);
  const now = deps.now();
  const wordsOf = (step: StepRow): Words => {
    if (step.messageId === undefined || !can(caller, 'step.read-words', stepResource(found, step))) return {};
    return Words.catch({}).parse(bodies.get(step.messageId));
  };
  return {
    ...caseHead(found, matter, lightOfCase(found, steps, now)),
    steps: steps.map((step) => ({
      ...stepHead(step, matter, agencies, now),
      ...wordsView(step, wordsOf(step)),
      actions: stepActionsFor(caller, found, step),
    })),
    disclosures: disclosures.map(disclosureView),
    actions: caseActions(caller, found),
    ledgerSeq: found.ledgerSeq,
  };
};

/** A case as lists show it. */
export const caseHead = (found: CaseRow, matter: Matter, light: Light): CaseSummary => ({
  caseId: found.caseId,
  caseNo: found.caseNo,
  matter: { code: found.matter, version: found.version, name: matter.name },
  region: found.region,
  channel: found.channel,
  status: found.status,
  withdrawing: found.withdrawing,
  light,
  submittedAt: iso(found.submittedAt),
  ...instants(found, ['acceptedAt', 'promisedAt', 'statutoryAt', 'endedAt']),
  provisional: found.provisional,
});

/** The name of a step; one that is repeated for a list is told apart by the number of its item. */
export const stepName = (matter: Matter, stepId: string): Text => {
  const name = findStep(matter, stepId)?.step.name ?? { zh: stepId, en: stepId };
  const [, number] = stepId.split('.');
  return number === undefined ? name : { zh: `${name.zh}（${number}）`, en: `${name.en} (${number})` };
};

/** The light of a step: while it waits for the applicant or a special procedure its clock stands still. */
export const lightOfStep = (step: StepRow, now: number): Light => {
  const paused = step.status === 'supplement' || step.status === 'suspended';
  return lightOf({ ...step, now, pausedAt: paused ? step.changedAt : undefined });
};

const lightOfCase = (found: CaseRow, steps: readonly StepRow[], now: number): Light => {
  const open = steps.filter(({ status, round }) => round > 0 && !isStepEnd(status));
  return caseLight(
    open.map((step) => lightOfStep(step, now)),
    lightOf({ ...found, now }),
  );
};

const stepHead = (
  step: StepRow,
  matter: Matter,
  agencies: ReadonlyMap<string, AgencyRecord>,
  now: number,
): Omit<StepView, 'actions'> => ({
  id: step.stepId,
  name: stepName(matter, step.stepId),
  agency: agencyName(agencies, step.agency),
  kind: step.kind,
  status: step.status,
  round: step.round,
  light: lightOfStep(step, now),
  ...(step.promisedAt !== undefined && { dueAt: iso(step.promisedAt) }),
  ...instants(step, ['startedAt', 'endedAt', 'nextAttemptAt', 'claimedUntil']),
  waitingOn: waitingOn(step, agencies.get(step.agency)),
  ...(step.because !== undefined && { because: step.because }),
  ...(step.attention !== undefined && { attention: step.attention }),
  attempts: step.attempts,
  ...(step.lastError !== undefined && { lastError: step.lastError }),
  ...(step.claimedBy !== undefined && { claimedBy: step.claimedBy }),
  ...(step.decision !== undefined && { decision: step.decision }),
});

const wordsView = (
  { status, supplementId }: StepRow,
  { reason, result, supplements }: Words,
): Pick<StepView, 'reason' | 'result' | 'supplement'> => ({
  ...(reason !== undefined && { reason }),
  ...(result !== undefined && { result }),
  ...(status === 'supplement' &&
    supplementId !== undefined && { supplement: { id: supplementId, items: supplements ?? [] } }),
});

const disclosureView = ({
  stepId,
  firstAt,
  lastAt,
  ...disclosure
}: DisclosureRow): CaseView['disclosures'][number] => ({
  step: stepId,
  ...disclosure,
  fields: [...disclosure.fields],
  firstAt: iso(firstAt),
  lastAt: iso(lastAt),
});

export const iso = (at: number): string => new Date(at).toISOString();

/** The instants of a row that are there, as ISO 8601. */
export const instants = <K extends string>(
  row: Partial<Record<K, number>>,
  keys: readonly K[],
): Partial<Record<K, string>> => {
  const found: Partial<Record<K, string>> = {};
  for (const key of keys) {
    const at = row[key];
    if (at !== undefined) found[key] = iso(at);
  }
  return found;
};
