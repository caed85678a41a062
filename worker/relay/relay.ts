import { createMessageDispatch, type RelayOptions } from './dispatch-messages.ts';
import { startLoop } from '../../runtime/loop.ts';
import { createCaseStarter } from './start-cases.ts';
import { createInFlightCases } from './in-flight-cases.ts';
import { createReporting } from './stale-runs.ts';

/**
 * How often Postgres is asked. A notification is faster; this poll finds what a lost notification
 * missed.
 */
const POLL_MS = 1_000;
/**
 * Rows that arrive within this time of each other are fetched together; the first is fetched at
 * once.
 */
const GAP_MS = 50;

export interface Relay {
  startsWaiting: () => void;
  /** Without `caseId` the case is unknown. */
  messagesWaiting: (caseId?: string) => void;
  stop: () => Promise<void>;
}

/**
 * Brings what Postgres has accepted to Temporal: cases to start and messages to dispatch. Brings
 * what cases answer back to Postgres. Several copies can run at once; each row is claimed by one.
 * Everything is repeated until it has arrived, and counts once: a case by its workflow id, a
 * message by its id.
 */
export const startRelay = (given: RelayOptions): Relay => {
  const options = { ...given, ...createReporting(given) };
  const onError = (where: string) => (error: unknown) =>
    options.log.warn({ err: error, where }, 'relay failed, will retry');
  const inFlight = createInFlightCases(() => messages.wake());
  const dispatch = createMessageDispatch(options, inFlight);
  const messages = startLoop(dispatch.round, { everyMs: POLL_MS, gapMs: GAP_MS, onError: onError('messages') });
  const starting = createCaseStarter(options, inFlight);
  const starts = startLoop(starting.round, { everyMs: POLL_MS, gapMs: GAP_MS, onError: onError('starts') });
  return {
    startsWaiting: starts.wake,
    messagesWaiting: (caseId) => {
      if (caseId === undefined || !inFlight.hear(caseId)) messages.wake();
    },
    stop: async () => {
      await Promise.all([starts.stop(), messages.stop()]);
      await Promise.all([starting.stop(), dispatch.stop()]);
    },
  };
};
