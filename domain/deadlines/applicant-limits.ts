import { dayOfDate, startOfDay } from '../calendar/calendar-days.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { addLimit, type Deadline } from '../calendar/limit.ts';
import type { Plan } from '../case/plan.ts';
import { formatStepId } from '../case/step-id.ts';
import { evaluateDate, judge, type Scope } from '../matter/expressions.ts';
import type { ApplicantLimit, Matter } from '../matter/schema.ts';
import { caseScope, itemScope, listItems } from '../matter/scope.ts';
import type { Form } from '../matter/values.ts';

/**
 * The last day of an applicant's limit in one case. It binds the applicant, not an office: it moves
 * no light and no promise.
 */
export interface LastDay extends Deadline {
  limit: ApplicantLimit;
  /** The step of the plan that it belongs to. */
  stepId?: string;
  /** Of a list with several items: the number of the item, counted from 1. */
  item?: number;
}

/**
 * The last days that bind the applicant of a case, in the order of the definition. They are computed
 * from the form when somebody looks, and are kept nowhere: they tell dates of birth. `now` is the
 * instant of the submission, so that they never move. Left out are limits of steps that do not apply
 * and limits without a date.
 */
export const listLastDays = (
  matter: Matter,
  plan: Pick<Plan, 'steps'>,
  form: Form,
  { calendar, now }: { calendar: Calendar; now: number },
): LastDay[] => {
  const { scope } = caseScope(matter, form, { now });
  const applying = new Set(plan.steps.flatMap(({ id, skip }) => (skip ? [] : [id])));
  return matter.applicantLimits.flatMap((limit) =>
    listInstances(matter, limit, scope).flatMap(({ judged, ...instance }): LastDay[] => {
      if (instance.stepId !== undefined && !applying.has(instance.stepId)) return [];
      const deadline = findDeadline(calendar, limit, judged);
      return deadline ? [{ limit, ...instance, ...deadline }] : [];
    }),
  );
};

/** The limit once, or once for each item of its list, with the names that its expressions know. */
const listInstances = (
  matter: Matter,
  { step: id, each }: ApplicantLimit,
  scope: Scope,
): { judged: Scope; stepId?: string; item?: number }[] => {
  const step = matter.steps.find((one) => one.id === id);
  const list = each ?? step?.forEach;
  if (list === undefined) return [{ judged: scope, ...(step && { stepId: step.id }) }];
  const items = listItems(scope, list);
  return items.map((item, index) => {
    const number = items.length > 1 ? index + 1 : undefined;
    const ofItem = { ...(step?.forEach !== undefined && number !== undefined && { number }) };
    return {
      judged: itemScope(scope, item, index),
      ...(step && { stepId: formatStepId({ definition: step.id, ...ofItem }) }),
      ...(number !== undefined && { item: number }),
    };
  });
};

/** The linter finds expressions that can be undecided; they do not bind. */
const findDeadline = (calendar: Calendar, { from, within }: ApplicantLimit, scope: Scope): Deadline | undefined => {
  const { date } = evaluateDate(from, scope);
  const length = within.find(({ when }) => when === undefined || judge(when, scope).holds === true);
  return typeof date !== 'string' || !length ? undefined : addLimit(calendar, startOfDay(dayOfDate(date)), length);
};
