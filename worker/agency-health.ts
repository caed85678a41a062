import type { AgencyHealth } from '../activities/dependencies.ts';
import type { BreakerRow } from '../db/agencies/breakers.ts';
import { count, isRecent, type Breaker, type Calls, type Span } from '../domain/agency/breaker.ts';
import { createBatch } from './relay/batch.ts';

/**
 * For this long after a failed call, first attempts are left to the agency's queue, because they
 * would probably fail.
 */
const UNWELL_MS = 10_000;

export interface AgencyHealthWatch {
  of: (agency: string) => AgencyHealth;
  /** A call was answered: counted in memory. */
  succeeded: (agency: string) => void;
  /**
   * A call failed, with its code. All workers learn of it at once; resolves when it is known
   * whether an outage begins.
   */
  failed: (agency: string, error: string) => Promise<void>;
  /**
   * The breakers of all workers as they are in Postgres. A breaker that is missing is closed, and
   * its agency is not watched.
   */
  see: (watched: readonly BreakerRow[]) => void;
  /** Reports the counts of watched agencies. */
  report: () => Promise<void>;
  /** The agencies that have an outage, with their breakers. */
  outages: () => BreakerRow[];
}

/**
 * The health of agencies: the counts of this process, and the breakers that all workers share.
 * Nothing is written while every call is answered. `tell` advances the breaker of an agency; a
 * report that fails is dropped, because then no other work succeeds either.
 */
export const createAgencyHealth = (options: {
  now: () => number;
  tell: (agency: string, calls: Calls, error: string | undefined) => Promise<Breaker>;
  onError: (error: unknown) => void;
}): AgencyHealthWatch => {
  const { now, tell, onError } = options;
  const counted = new Map<string, CallCount>();
  const unwellUntil = new Map<string, number>();
  let breakers = new Map<string, Breaker>();

  const note = (agency: string, isFailure: boolean, error?: string): void => {
    const before = counted.get(agency) ?? NOTHING;
    counted.set(agency, {
      spans: count(before.spans, { at: now(), calls: 1, failures: isFailure ? 1 : 0 }),
      inRow: isFailure ? before.inRow + 1 : 0,
      succeeded: before.succeeded || !isFailure,
      ...(error !== undefined && { error }),
    });
  };
  const reportAgency = async (agency: string): Promise<void> => {
    const { error, ...calls } = counted.get(agency) ?? NOTHING;
    counted.delete(agency);
    const spans = calls.spans.filter((span) => isRecent(span, now()));
    if (spans.length === 0) return;
    try {
      breakers.set(agency, await tell(agency, { ...calls, spans }, error));
    } catch (cause) {
      onError(cause);
    }
  };
  const flush = createBatch((agencies: string[]) => Promise.all([...new Set(agencies)].map(reportAgency)));

  return {
    of: (agency) => {
      const state = breakers.get(agency)?.state ?? 'closed';
      if (state !== 'closed') return state === 'open' ? 'outage' : 'recovering';
      return (unwellUntil.get(agency) ?? 0) > now() ? 'unwell' : 'well';
    },
    succeeded: (agency) => note(agency, false),
    failed: async (agency, error) => {
      note(agency, true, error);
      unwellUntil.set(agency, now() + UNWELL_MS);
      await flush(agency);
    },
    see: (watched) => {
      breakers = new Map(watched.map(({ agency, breaker }) => [agency, breaker]));
    },
    report: async () => {
      await Promise.all([...breakers.keys()].filter((agency) => counted.has(agency)).map(flush));
    },
    outages: () =>
      [...breakers].flatMap(([agency, breaker]) => (breaker.state === 'open' ? [{ agency, breaker }] : [])),
  };
};

interface CallCount extends Calls {
  spans: Span[];
  error?: string;
}

const NOTHING: CallCount = { spans: [], inRow: 0, succeeded: false };
