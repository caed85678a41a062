import type { CaseWithPlan } from '../../db/cases.ts';
import type { StepRow } from '../../db/steps.ts';
import { itemClocks, type ItemClock } from '../../matters/clock/case-clock.ts';
import { lightOf } from '../../matters/clock/light.ts';
import type { Text } from '../../matters/definition/schema.ts';
import type { ItemView } from '../contracts/clocks.ts';
import { agencyName } from '../registry.ts';
import { instants } from './instants.ts';
import type { Known } from './waiting.ts';

/** The items of a case and their clocks, computed from the rows of its steps. */
export const itemsView = (
  { plan }: CaseWithPlan,
  steps: readonly StepRow[],
  { matter, calendar, agencies, now }: Pick<Known, 'matter' | 'calendar' | 'agencies' | 'now'>,
): ItemView[] =>
  itemClocks(
    calendar,
    matter,
    plan,
    steps.map(({ stepId, ...step }) => ({ ...step, id: stepId })),
  ).map((clock) => ({
    id: clock.id,
    name: itemName(clock),
    lead: agencyName(agencies, clock.item.lead),
    steps: clock.steps,
    light: lightOf({ ...clock, now }),
    ...instants(clock, ['startedAt', 'promisedAt', 'statutoryAt', 'pausedAt', 'endedAt']),
    provisional: clock.provisional === true,
  }));

/** One that is repeated for a list is told apart by its number. */
export const itemName = ({ id, item: { name } }: ItemClock): Text => {
  const [, number] = id.split('.');
  return number === undefined ? name : { zh: `${name.zh}（${number}）`, en: `${name.en} (${number})` };
};
