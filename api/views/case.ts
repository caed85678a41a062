import { z } from 'zod';
import type { CaseRow, CaseWithPlan } from '../../db/cases/cases.ts';
import { listReviewQueue, type ReviewAnswer } from '../../db/worklist/review-queue.ts';
import { listDues } from '../../db/cases/dues.ts';
import { listConfirmations } from '../../db/cases/confirmations.ts';
import { findOverride } from '../../db/cases/duplicates.ts';
import { listDisclosures, type DisclosureRow } from '../../db/cases/disclosures.ts';
import { readBodies } from '../../db/messages/inbox.ts';
import { listRuleTraces } from '../../db/cases/rule-traces.ts';
import { stallsOfCase } from '../../db/supervision/stall-list.ts';
import { listSteps, type StepRow } from '../../db/cases/steps.ts';
import type { Db } from '../../db/sql/pool.ts';
import type { Opener } from '../../db/sql/sealing.ts';
import { allowedOf } from '../../domain/actions.ts';
import { listDecisions } from '../../domain/case/answers.ts';
import { isStepEnd } from '../../domain/case/status.ts';
import type { AgencyScope } from '../../domain/case/agency-scope.ts';
import { caseLight, lightOf, type Light } from '../../domain/deadlines/light.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { CaseSummary, CaseView } from '../../contract/cases.ts';
import type { StepView } from '../../contract/steps.ts';
import { Evidence, Letter } from '../../contract/step-commands.ts';
import type { Deps } from '../deps.ts';
import type { Reading } from '../http/reading.ts';
import { can } from '../policy.ts';
import { actorOf, type Caller } from '../../identity/caller.ts';
import { answeredStep } from './answered-step.ts';
import { agencyName } from './names.ts';
import { caseOffers, readStepsContext, stepOffers, stepResource } from './actions.ts';
import { reviewAnswerView } from './review-answer.ts';
import { confirmationsView } from './confirmations.ts';
import { overrideView } from './duplicates.ts';
import { deadlinesView, instants, iso } from './instants.ts';
import { itemsView } from './items.ts';
import { lastDayView, readLastDays } from './last-days.ts';
import { materialName, stepName } from './names.ts';
import { noticeView } from './notice.ts';
import { lapsesView, refusalsView } from './refusals.ts';
import { resultFieldsOf, resultView } from './result.ts';
import { rulesView } from './rules.ts';
import { countSending, waitingView, type WaitingContext } from './waiting.ts';

/** The parts of a decision message besides the decision. */
const Words = z.object({
  reason: z.string().optional(),
  ground: z.string().optional(),
  basis: z.string().optional(),
  evidence: z.array(Evidence).optional(),
  letter: Letter.optional(),
  result: z.record(z.string(), z.unknown()).optional(),
});
type Words = z.infer<typeof Words>;

/**
 * A case for this caller. The texts of an agency are only for callers who may read them. With a
 * `scope`, only the head, the own steps with what belongs to them, and the status of the steps that
 * these wait for.
 */
export const viewCase = async (
  deps: Deps,
  caller: Caller,
  reading: Reading,
  found: CaseWithPlan,
  scope?: AgencyScope,
): Promise<CaseView> => {
  const { pool, registry } = deps;
  const opener = reading.open({ kind: 'words', purpose: 'case', caseId: found.caseId });
  const decidesAnswers = can(caller, 'review-queue.list', { region: found.region, agencies: [] });
  const [
    steps,
    context,
    dues,
    stalls,
    disclosures,
    bodies,
    traces,
    override,
    confirmations,
    kept,
    agencies,
    { matter },
    calendar,
  ] = await Promise.all([
    listSteps(pool, found.caseId),
    readStepsContext(deps, caller, found.caseId),
    listDues(pool, found.caseId),
    stallsOfCase(pool, found.caseId),
    listDisclosures(pool, found.caseId),
    readBodies(pool, opener, found.caseId),
    listRuleTraces(pool, found.caseId),
    scope ? undefined : findOverride(pool, opener, found.caseId),
    scope ? [] : listConfirmations(pool, opener, found.caseId),
    decidesAnswers ? listReviewAnswers(pool, opener, found.caseId) : undefined,
    registry.agencies(),
    registry.matterOf(found),
    deps.calendars.newest(),
  ]);
  const { notices, now } = context;
  const sending = countSending(steps);
  const known = { found, matter, sending, agencies, notices, dues, stalls, calendar, now };
  const mayReadWords = (step: StepRow): boolean => can(caller, 'step.read-words', stepResource(found, step));
  const wordsOf = (step: StepRow): Words => {
    if (step.messageId === undefined || !mayReadWords(step)) return {};
    return Words.catch({}).parse(bodies.get(step.messageId)?.());
  };
  /**
   * A request of a step is for callers who may read the texts of that step. A request of the window
   * is for everyone who may see the case.
   */
  const findReadable = (messageId: string, stepId: string | undefined): unknown => {
    const asking = steps.find((step) => step.stepId === stepId);
    return !asking || mayReadWords(asking) ? bodies.get(messageId)?.() : undefined;
  };
  const isOwn = (stepId: string | undefined): boolean => !scope || (stepId !== undefined && scope.own.has(stepId));
  const ownSteps = steps.filter(({ stepId }) => isOwn(stepId));
  const visible = steps.filter(({ stepId }) => isOwn(stepId) || scope?.needed.has(stepId));
  const ofForm = reading.open({ kind: 'form', purpose: 'case', caseId: found.caseId });
  const lastDays = await readLastDays(deps, ofForm, found, matter, isOwn);
  const viewStep = (step: StepRow): StepView => {
    if (!isOwn(step.stepId)) return neededStep(step, known);
    const actions = stepOffers(caller, found, step, context);
    const mayDecide = allowedOf(actions).includes('decide');
    return {
      ...stepHead(step, known),
      ...wordsView(matter, step, wordsOf(step)),
      ...resultFieldsView(matter, step),
      ...(mayReadWords(step) && rulesView(matter, step, traces)),
      ...(mayDecide && { decisions: listDecisions(answeredStep(matter, step), actorOf(caller).role) }),
      actions,
    };
  };
  return {
    ...caseHead(found, matter, lightOfCase(found, steps, now)),
    items: scope ? [] : itemsView(found, steps, known),
    steps: visible.map(viewStep),
    refusals: refusalsView(known, ownSteps, wordsOf),
    lapses: lapsesView(known, ownSteps),
    disclosures: disclosures.filter(({ stepId }) => isOwn(stepId)).map(disclosureView),
    notices: notices
      .map((notice) => ({ ...notice, items: notice.items.filter(({ stepId }) => isOwn(stepId)) }))
      .filter(({ id, items }) => items.length > 0 || ownSteps.some(({ noticeId }) => noticeId === id))
      .map((notice) => noticeView(notice, findReadable)),
    lastDays: lastDays.map((lastDay) => lastDayView(lastDay, steps, { submittedAt: found.submittedAt, now })),
    ...(!scope && pledgeView(found, matter)),
    dues: dues
      .filter(({ stepId }) => isOwn(stepId))
      .map(({ kind, dueAt, stepId, provisional }) => ({
        kind,
        at: iso(dueAt),
        provisional,
        ...(stepId !== undefined && { step: stepId }),
      })),
    ...overrideView(matter, caller, override),
    confirmations: confirmationsView(confirmations),
    ...(kept && { keptAnswers: kept.map((answer) => reviewAnswerView(answer, { matter, agencies, caller })) }),
    actions: caseOffers(caller, found),
    ledgerSeq: found.ledgerSeq,
  };
};

/** The number of answers in the view of a case. The review queue lists all of them. */
const ANSWERS_SHOWN = 100;

const listReviewAnswers = async (db: Db, opener: Opener, caseId: string): Promise<ReviewAnswer[]> => {
  const { rows } = await listReviewQueue(db, () => opener, { division: '', caseId }, { limit: ANSWERS_SHOWN });
  return rows;
};

/** A case in a list. */
export const caseHead = (found: CaseRow, matter: Matter, light: Light): CaseSummary => ({
  caseId: found.caseId,
  caseNo: found.caseNo,
  matter: { code: found.matter, version: found.version, name: matter.name },
  region: found.region,
  channel: found.channel,
  status: found.status,
  ...(found.closing !== undefined && { closing: found.closing }),
  light,
  submittedAt: iso(found.submittedAt),
  ...instants(found, ['acceptedAt']),
  ...deadlinesView(found),
});

/**
 * The light of a step. The clock is paused while the step waits for another party than its agency.
 */
export const lightOfStep = (step: StepRow, now: number): Light => lightOf({ ...step, now });

const lightOfCase = (found: CaseRow, steps: readonly StepRow[], now: number): Light => {
  const open = steps.filter(({ status, round }) => round > 0 && !isStepEnd(status));
  return caseLight(
    open.map((step) => lightOfStep(step, now)),
    lightOf({ ...found, now }),
  );
};

const stepHead = (step: StepRow, known: WaitingContext): Omit<StepView, 'actions'> => ({
  id: step.stepId,
  name: stepName(known.matter, step.stepId),
  agency: agencyName(known.agencies, step.agency),
  division: step.division,
  kind: step.kind,
  status: step.status,
  round: step.round,
  light: lightOfStep(step, known.now),
  ...(step.promisedAt !== undefined && { dueAt: iso(step.promisedAt) }),
  ...instants(step, ['startedAt']),
  ...deadlinesView(step),
  ...instants(step, ['nextAttemptAt', 'claimedUntil', 'parkedAt']),
  ...waitingView(step, known),
  ...(step.because !== undefined && { because: step.because }),
  ...(step.attention !== undefined && { attention: step.attention }),
  ...(step.noticeId !== undefined && { noticeId: step.noticeId }),
  ...(step.suspension && { suspension: suspensionView(step.suspension) }),
  ...(step.extensionDays !== undefined && { extensionDays: step.extensionDays }),
  ...(step.officer !== undefined && { officer: step.officer }),
  attempts: step.attempts,
  ...(step.lastError !== undefined && { lastError: step.lastError }),
  ...(step.claimedBy !== undefined && { claimedBy: step.claimedBy, ...instants(step, ['claimedAt']) }),
  ...(step.decision !== undefined && { decision: step.decision }),
});

/** A step of another agency that an own step waits for. */
const neededStep = (step: StepRow, known: WaitingContext): StepView => ({
  id: step.stepId,
  name: stepName(known.matter, step.stepId),
  agency: agencyName(known.agencies, step.agency),
  division: step.division,
  kind: step.kind,
  status: step.status,
  round: step.round,
  light: lightOfStep(step, known.now),
  ...(step.promisedAt !== undefined && { dueAt: iso(step.promisedAt) }),
  ...instants(step, ['promisedAt', 'endedAt']),
  provisional: step.provisional,
  statutoryProvisional: step.statutoryProvisional,
  waitingOn: waitingView(step, known).waitingOn,
  attempts: 0,
  actions: [],
});

const wordsView = (
  matter: Matter,
  { stepId }: StepRow,
  { reason, evidence, letter, result }: Words,
): Pick<StepView, 'reason' | 'evidence' | 'letter' | 'result'> => ({
  ...(reason !== undefined && { reason }),
  ...(evidence !== undefined && { evidence }),
  ...(letter !== undefined && { letter }),
  ...(result !== undefined && { result: resultView(matter, stepId, result) }),
});

/** What a person who decides the step must give. */
const resultFieldsView = (matter: Matter, { stepId, status }: StepRow): Pick<StepView, 'resultFields'> => {
  const fields = isStepEnd(status) ? [] : resultFieldsOf(matter, stepId);
  return fields.length > 0 ? { resultFields: fields } : {};
};

const suspensionView = ({ procedure, expectedDays, unit, at }: NonNullable<StepRow['suspension']>) => ({
  ...{ procedure, expectedDays, unit: unit ?? 'working-days' },
  since: iso(at),
});

const pledgeView = ({ plan, gaps }: CaseWithPlan, matter: Matter): Pick<CaseView, 'pledge'> => {
  if (!plan.pledge) return {};
  const materials = plan.pledge.gaps.map(({ material }) => ({
    id: material,
    name: materialName(matter, material),
    filled: !gaps.includes(material),
  }));
  return { pledge: { until: iso(plan.pledge.until), materials } };
};

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
