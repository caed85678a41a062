import type { CaseWithPlan } from '../../db/cases/cases.ts';
import type { StepRow } from '../../db/cases/steps.ts';
import { itemClocks, type ClockedStep } from '../../domain/deadlines/case-clock.ts';
import { lightOf } from '../../domain/deadlines/light.ts';
import type { ItemView } from '../../contract/clocks.ts';
import { agencyName } from './names.ts';
import { deadlinesView, instants } from './instants.ts';
import { addNumber } from './names.ts';
import type { WaitingContext } from './waiting.ts';

/** The items of a case and their clocks, computed from the rows of its steps. */
export const itemsView = (
  { plan }: CaseWithPlan,
  steps: readonly StepRow[],
  { matter, calendar, agencies, now }: Pick<WaitingContext, 'matter' | 'calendar' | 'agencies' | 'now'>,
): ItemView[] =>
  itemClocks(calendar, matter, plan, clockedSteps(steps)).map((clock) => ({
    id: clock.id,
    name: addNumber(clock.item.name, clock.id),
    lead: agencyName(agencies, clock.item.lead),
    steps: clock.steps,
    light: lightOf({ ...clock, now }),
    ...instants(clock, ['startedAt']),
    ...deadlinesView(clock),
  }));

/** The rows of steps as clocks are computed from them. */
export const clockedSteps = (steps: readonly StepRow[]): ClockedStep[] =>
  steps.map(({ stepId, ...step }) => ({ ...step, id: stepId }));
