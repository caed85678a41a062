import type { AgencyFacts } from '../domain/agency/enquiries.ts';
import type { ExchangeDependencies } from '../exchange/dependencies.ts';

/**
 * The health of an agency as far as this process knows it. `unwell`: a call has just failed, so
 * steps are left to the agency's queue, which waits and spreads its attempts. `outage`: calls fail
 * for many cases, and nothing is sent. `recovering`: only released steps are sent.
 */
export type AgencyHealth = 'well' | 'unwell' | 'outage' | 'recovering';

/**
 * What the activities use. The worker provides it; tests provide their own. The client counts how
 * its calls end.
 */
export interface Dependencies extends ExchangeDependencies {
  health: (agency: string) => AgencyHealth;
  /** The registry. A step of an agency that it lacks is recorded too, and waits. */
  agencies: () => Promise<ReadonlyMap<string, AgencyFacts>>;
}
