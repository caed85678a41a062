import type { Logger } from 'pino';
import { formatRequestId } from '../../agencies/contract.ts';
import { advanceBreaker, listWatchedBreakers, type BreakerRow } from '../../db/agencies/breakers.ts';
import { putOwnMessage, type OwnMessageDependencies } from '../../db/messages/own-messages.ts';
import {
  agenciesToRelease,
  isDrained,
  takeReleases,
  takeReleaseTurn,
  type ParkedStep,
} from '../../db/agencies/parked-steps.ts';
import { inTransaction, type Db } from '../../db/sql/pool.ts';
import { systemActor } from '../../domain/case/system-actors.ts';
import { storedId } from '../../domain/message-ids.ts';
import type { ExchangeDependencies } from '../../exchange/dependencies.ts';
import { probe } from '../../exchange/probe.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';
import type { AgencyHealthWatch } from '../agency-health.ts';

const POLL_MS = 1_000;
/** The rate at which parked steps go to an agency without a limit of its own. */
const RELEASES_PER_SECOND = 10;
const BY = systemActor('agency-outages');

export interface OutagesOptions {
  health: AgencyHealthWatch;
  /** Its client counts nothing: a probe is not an ordinary call. */
  exchange: ExchangeDependencies;
  log: Logger;
}

/**
 * Handles the outages of agencies. Reads what all workers know about them, makes one probe in 15
 * seconds over all workers, and when the agency is available again releases the parked steps,
 * nearest deadline first, at the agency's rate. Any number can run side by side.
 */
export const startOutages = (options: OutagesOptions): Loop => {
  const { exchange, health, log } = options;
  const { db } = exchange;
  const probing = new Map<string, Promise<void>>();
  const onError = (error: unknown) => log.warn({ err: error }, 'handling outages failed, will retry');

  const loop = startLoop(
    async () => {
      await health.report();
      health.see(await listWatchedBreakers(db));
      for (const { agency } of health.outages()) {
        if (probing.has(agency)) continue;
        // Not awaited: a slow agency must not delay the others.
        const probed = probeWhenDue(options, agency).catch(onError);
        probing.set(agency, probed);
        void probed.finally(() => probing.delete(agency));
      }
      for (const agency of await agenciesToRelease(db)) await release(options, agency);
      return 'idle';
    },
    { everyMs: POLL_MS, onError },
  );
  return {
    wake: loop.wake,
    stop: async () => {
      await loop.stop();
      await Promise.all([...probing.values()]);
    },
  };
};

const probeWhenDue = async ({ exchange, log }: OutagesOptions, agency: string): Promise<void> => {
  const { db } = exchange;
  if ((await exchange.agency(agency)).disabledAt !== undefined) return;
  const { change } = await advanceBreaker(db, agency, { kind: 'probing' });
  if (change?.kind !== 'probe') return;
  const error = await probe(exchange, agency, change.nth);
  log.info({ agency, error }, 'probed an agency with an outage');
  await advanceBreaker(db, agency, { kind: 'probed', answered: error === undefined });
};

const release = async ({ exchange, log }: OutagesOptions, { agency, breaker }: BreakerRow): Promise<void> => {
  const { db, cipher } = exchange;
  const { maxPerSecond = RELEASES_PER_SECOND } = await exchange.agency(agency);
  const limit = Math.max(1, Math.floor(maxPerSecond));
  const released = await inTransaction(db, async (client) => {
    if (!(await takeReleaseTurn(client, agency, (limit / maxPerSecond) * 1_000))) return undefined;
    const steps = await takeReleases(client, agency, limit);
    for (const step of steps) await putRelease(client, { cipher, log }, step);
    return steps.length;
  });
  if (released) log.info({ agency, released }, 'released parked steps');
  if (released !== 0 || breaker.state !== 'recovering') return;
  if (await isDrained(db, agency, breaker.since)) await advanceBreaker(db, agency, { kind: 'drained' });
};

const putRelease = async (
  client: Db,
  own: OwnMessageDependencies,
  { parkedAt, ...step }: ParkedStep,
): Promise<void> => {
  const { caseId, stepId, round } = step;
  const id = storedId(BY, `${formatRequestId(step)}:${parkedAt}`);
  const message = { kind: 'release', id, stepId, round, by: BY } as const;
  await putOwnMessage(client, own, { caseId, messageId: id, stepId, round, source: 'system', message });
};
