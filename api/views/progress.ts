import { askedItem } from '../../agencies/contract.ts';
import type { CaseWithPlan } from '../../db/cases/cases.ts';
import { listDues } from '../../db/cases/dues.ts';
import { listNotices, type NoticeRow } from '../../db/cases/notices.ts';
import { listSteps, type StepRow } from '../../db/cases/steps.ts';
import { readBodies } from '../../db/messages/inbox.ts';
import { stallsOfCase } from '../../db/supervision/stall-list.ts';
import { RESULTS } from '../../domain/case/plan.ts';
import { isStepEnd } from '../../domain/case/status.ts';
import type { Matter, Text } from '../../domain/matter/schema.ts';
import { findAddress, type OfficeAddress, type OfficeDirectory } from '../../domain/office/directory.ts';
import type { PublicProgress } from '../../contract/progress.ts';
import { CASE_STATUS_FOR_APPLICANT } from '../../domain/words/case-statuses.ts';
import {
  APPLICANT_TASK_WORDS,
  blockedText,
  OTHER_ITEM,
  partialText,
  procedureText,
  PROGRESS_WORDS,
  undoneText,
  waitText,
} from '../../domain/words/progress.ts';
import { APPLICANT_STATE_WORDS } from '../../domain/words/step-statuses.ts';
import type { Deps } from '../deps.ts';
import { agencyName, materialName, placeName, stepName } from './names.ts';
import { lapsesView, refusalsView } from './refusals.ts';
import { instants, iso } from './instants.ts';
import { readLastDays, untilView } from './last-days.ts';
import { countSending, findWait, type WaitingContext } from './waiting.ts';

type Todo = PublicProgress['todo'][number];
type Known = WaitingContext & { found: CaseWithPlan; directory: OfficeDirectory | undefined };

/** The page of the applicant: names and plain text, without ids, people and reasons. */
export const viewProgress = async (deps: Deps, found: CaseWithPlan): Promise<PublicProgress> => {
  const { pool, registry } = deps;
  const { caseId } = found;
  const [steps, notices, dues, stalls, agencies, { matter }, calendar, directory] = await Promise.all([
    listSteps(pool, caseId),
    listNotices(pool, caseId),
    listDues(pool, caseId),
    stallsOfCase(pool, caseId),
    registry.agencies(),
    registry.matterOf(found),
    deps.calendars.newest(),
    deps.offices.directory(),
  ]);
  const sending = countSending(steps);
  const known = { found, matter, sending, agencies, notices, dues, stalls, calendar, directory, now: Date.now() };
  const shown = steps.filter(({ status }) => status !== 'skipped');
  return {
    caseNo: found.caseNo,
    matter: matter.name,
    status: { code: found.status, text: statusText(found, steps) },
    submittedAt: iso(found.submittedAt),
    ...instants(found, ['promisedAt', 'endedAt']),
    provisional: found.provisional,
    done: { count: shown.filter(({ status }) => status === 'done').length, of: shown.length },
    todo: await listTodo(deps, known, shown),
    steps: shown.map((step) => viewStep(step, known, shown)),
    refusals: refusalsView({ matter, agencies }, steps, () => ({})).map(({ step, agency, ...refusal }) => ({
      step: step.name,
      agency: agency.name,
      ...refusal,
    })),
    lapses: lapsesView({ matter, agencies }, steps).map(({ step, agency }) => ({
      step: step.name,
      agency: agency.name,
    })),
  };
};

/** The status of the case, with the numbers of what was granted and what was not. */
const statusText = ({ status }: CaseWithPlan, steps: readonly StepRow[]): Text => {
  if (status !== 'partially-completed') return CASE_STATUS_FOR_APPLICANT[status];
  const count = (wanted: StepRow['status']): number => steps.filter((step) => step.status === wanted).length;
  const granted = steps.filter((step) => step.status === 'done' && RESULTS.has(step.kind)).length;
  return partialText({ granted, refused: count('refused'), lapsed: count('lapsed') });
};

const viewStep = (step: StepRow, known: Known, steps: readonly StepRow[]): PublicProgress['steps'][number] => {
  const { matter, found, agencies } = known;
  const agency = agencyName(agencies, step.agency).name;
  const awaited = listAwaited(step, found, steps).map(({ stepId }) => stepName(matter, stepId));
  const { state, text } = waitText(step.status, findWait(step, known), { office: agency, awaited });
  return {
    name: stepName(matter, step.stepId),
    agency,
    state,
    stateText: APPLICANT_STATE_WORDS[state],
    text,
    ...(step.suspension && { text: procedureText(step.suspension) }),
    ...whyText(matter, found, step, steps),
  };
};

/** The open steps that a step waits for. */
const listAwaited = ({ stepId }: StepRow, { plan }: CaseWithPlan, steps: readonly StepRow[]): StepRow[] => {
  const needs = plan.steps.find(({ id }) => id === stepId)?.needs ?? [];
  const needed = new Set(needs.flatMap(({ of }) => of));
  return steps.filter((step) => needed.has(step.stepId) && !isStepEnd(step.status));
};

/** Why a step ended without a decision. */
const whyText = (
  matter: Matter,
  { closing, plan }: CaseWithPlan,
  { stepId, status, because }: StepRow,
  steps: readonly StepRow[],
): { text?: Text } => {
  if (status === 'blocked' && because !== undefined) {
    const hasLapsed = steps.some((step) => step.stepId === because && step.status === 'lapsed');
    return { text: blockedText(stepName(matter, because), hasLapsed) };
  }
  if (status !== 'stopped' && status !== 'undone') return {};
  if (because === 'supplement') return { text: PROGRESS_WORDS['supplement-missing'] };
  if (closing === 'withdrawal') return { text: PROGRESS_WORDS.withdrawn };
  const served = plan.steps.find(({ id }) => id === stepId)?.undo.whenFails ?? [];
  const failed = steps.find((step) => served.includes(step.stepId) && isStepEnd(step.status) && step.status !== 'done');
  return status === 'undone' && failed ? { text: undoneText(stepName(matter, failed.stepId)) } : {};
};

/** What the applicant has to do, the nearest last day first. */
const listTodo = async (deps: Deps, known: Known, steps: readonly StepRow[]): Promise<Todo[]> => {
  const todo = [
    ...(await listSupplements(deps, known)),
    ...listPledged(known),
    ...(await addLastDays(deps, known, listWaits(known, steps))),
  ];
  return todo.sort((a, b) => (a.until?.at ?? '9').localeCompare(b.until?.at ?? '9'));
};

/**
 * The notices that wait for the applicant. They name fields and materials; the texts of an agency
 * stay in the notice.
 */
const listSupplements = async ({ pool, unrecorded }: Deps, known: Known): Promise<Todo[]> => {
  const { found, matter, notices } = known;
  const open = notices.filter(({ status }) => status === 'open');
  if (open.length === 0) return [];
  const bodies = await readBodies(pool, unrecorded, found.caseId);
  const nameOf = ({ messageId, place }: NoticeRow['items'][number]): Text => {
    const { field, material } = askedItem(bodies.get(messageId)?.(), place);
    if (material !== undefined) return materialName(matter, material);
    return (field === undefined ? undefined : placeName(matter, field)) ?? OTHER_ITEM;
  };
  return open.map(({ dueAt, items }) => ({
    kind: 'supplement',
    title: APPLICANT_TASK_WORDS.supplement,
    items: items.filter(({ answered }) => !answered).map(nameOf),
    ...(dueAt !== undefined && { until: untilView(dueAt) }),
    ...windowView(known),
  }));
};

/** The pledged materials (容缺) that are still missing, and the last day for them. */
const listPledged = (known: Known): Todo[] => {
  const { found, matter } = known;
  const { plan, gaps, endedAt } = found;
  if (!plan.pledge || gaps.length === 0 || endedAt !== undefined) return [];
  const items = gaps.map((id) => materialName(matter, id));
  return [
    {
      kind: 'pledge',
      title: APPLICANT_TASK_WORDS.pledge,
      items,
      until: untilView(plan.pledge.until),
      ...windowView(known),
    },
  ];
};

/** The payments and addresses that steps wait for. */
const listWaits = (known: Known, steps: readonly StepRow[]): (Todo & { stepId: string })[] =>
  steps.flatMap((step) => {
    const detail = findWait(step, known)?.detail;
    const kind = detail === 'PAYMENT' ? 'payment' : detail === 'PARCEL_RETURNED' ? 'address' : undefined;
    if (!kind) return [];
    const agency = agencyName(known.agencies, step.agency).name;
    const office = kind === 'payment' ? payAtView(known, step) : windowView(known);
    const items = [stepName(known.matter, step.stepId)];
    return [{ stepId: step.stepId, kind, title: APPLICANT_TASK_WORDS[kind], items, agency, ...office }];
  });

/** Papers are handed in, and addresses corrected, at a window of the division that accepted the case. */
const windowView = ({ directory, found, now }: Known): Pick<Todo, 'office'> =>
  officeView(directory && findAddress(directory, 'window', found.region, now));

/** Money is paid at the office that decides the step. */
const payAtView = ({ directory, agencies, now }: Known, { agency, division }: StepRow): Pick<Todo, 'office'> =>
  officeView(directory && findAddress(directory, { agency: agencies.get(agency)?.serves ?? agency }, division, now));

const officeView = (office: OfficeAddress | undefined): Pick<Todo, 'office'> => {
  if (!office) return {};
  const { name, address, hours, telephone } = office;
  return { office: { name, address, hours, telephone } };
};

/** The last day for each act that a limit of its step asks for, and what holds afterwards. */
const addLastDays = async (
  deps: Deps,
  { found, matter }: Known,
  waits: readonly (Todo & { stepId: string })[],
): Promise<Todo[]> => {
  const waiting = new Set(waits.map(({ stepId }) => stepId));
  const lastDays = await readLastDays(
    deps,
    deps.unrecorded,
    found,
    matter,
    (id) => id !== undefined && waiting.has(id),
  );
  return waits.map(({ stepId, ...todo }) => {
    const lastDay = lastDays.find((one) => one.stepId === stepId && one.limit.metBy === 'step');
    return lastDay ? { ...todo, until: untilView(lastDay.at), afterwards: lastDay.limit.afterwards } : todo;
  });
};
