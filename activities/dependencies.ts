import type { ExchangeDependencies } from '../exchange/dependencies.ts';

/**
 * How an agency answers, as far as this process knows: `unwell`: a call has just failed, so it is left to its own queue, which waits
 * and spreads its attempts; `outage`: calls fail for many cases, nothing is sent; `recovering`: only what is released is sent.
 */
export type AgencyHealth = 'well' | 'unwell' | 'outage' | 'recovering';

/** What the activities work with; the worker puts it together, tests put in their own. Its client counts how its calls end. */
export interface Dependencies extends ExchangeDependencies {
  health: (agency: string) => AgencyHealth;
}
