import { inject } from 'vitest';
import { TEMPORAL_NAMESPACE } from '../../sandbox/temporal.ts';

/** Where the Temporal server of this test run is. Every test uses workflow ids and task queues of its own. */
export const temporalServer = (): { address: string; namespace: string } => ({
  address: inject('servers').temporalAddress,
  namespace: TEMPORAL_NAMESPACE,
});
