import { createMessageDelivery, type RelayOptions } from './deliver-messages.ts';
import { startLoop } from '../../runtime/loop.ts';
import { createCaseStarter } from './start-cases.ts';
import { createInFlightCases } from './in-flight-cases.ts';

/** How often Postgres is asked when no notification came: the notification is the fast way, this is the sure one. */
const POLL_MS = 1_000;
/** What comes in a crowd is fetched together; the first waits for nobody. */
const GAP_MS = 50;

export interface Relay {
  startsWaiting: () => void;
  /** To one case, or nobody knows to which. */
  messagesWaiting: (caseId?: string) => void;
  stop: () => Promise<void>;
}

/**
 * Carries what Postgres has accepted to Temporal: cases to start, messages to deliver; and what cases answer back to Postgres. Runs in
 * several copies at once; each row is claimed by one. Everything is repeated until it is known to have arrived, and counts once: a case
 * by its workflow id, a message by its id.
 */
export const startRelay = (options: RelayOptions): Relay => {
  const onError = (where: string) => (error: unknown) =>
    options.log.warn({ err: error, where }, 'relay failed, will retry');
  const inFlight = createInFlightCases(() => messages.wake());
  const delivery = createMessageDelivery(options, inFlight);
  const messages = startLoop(delivery.round, { everyMs: POLL_MS, gapMs: GAP_MS, onError: onError('messages') });
  const starting = createCaseStarter(options, inFlight);
  const starts = startLoop(starting.round, { everyMs: POLL_MS, gapMs: GAP_MS, onError: onError('starts') });
  return {
    startsWaiting: starts.wake,
    messagesWaiting: (caseId) => {
      if (caseId === undefined || !inFlight.hear(caseId)) messages.wake();
    },
    stop: async () => {
      await Promise.all([starts.stop(), messages.stop()]);
      await Promise.all([starting.stop(), delivery.stop()]);
    },
  };
};
