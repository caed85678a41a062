/**
 * The circuit breaker of one agency, shared by all workers: when the agency counts as down, and how
 * it recovers. Pure: db/agencies/breakers.ts keeps the state and passes the instants, in
 * milliseconds since 1970.
 * - closed: steps are sent. At least half of at least 20 calls, or five calls in a row, failed →
 *   open.
 * - open: one probe is sent every 15 seconds and nothing else. The probe is answered → recovering.
 *   Closed by a supervisor → closed.
 * - recovering (half open): parked steps are released, nothing else is sent. Two calls in a row
 *   fail, or half of at least 20 → open. All steps that were parked when it started are sent →
 *   closed.
 */
export interface Breaker {
  state: 'closed' | 'open' | 'recovering';
  /** The instant of the last change of state. */
  since: number;
  /** Calls that failed in a row, up to the last one that was counted. */
  inRow: number;
  /**
   * The calls of the last minute in spans of five seconds, oldest first. Every change of state
   * starts a new list.
   */
  spans: Span[];
  /** The next probe; absent: none is planned (maintenance without an announced end). */
  probeAt?: number;
  /** The number of probes since it opened; only while it is open. */
  probes?: number;
}

/** The calls that ended within the five seconds from `at`. */
export interface Span {
  at: number;
  calls: number;
  failures: number;
}

/** The calls that one worker counted since its last report. */
export interface Calls {
  spans: readonly Span[];
  /** Failures after its last success. */
  inRow: number;
  /** Whether any succeeded. */
  succeeded: boolean;
}

export type BreakerEvent =
  | ({ kind: 'called' } & Calls)
  /** A worker asks for the probe that is due. */
  | { kind: 'probing' }
  | { kind: 'probed'; answered: boolean }
  /** All steps that were parked when recovery started are sent. */
  | { kind: 'drained' }
  /** A supervisor announces maintenance until `until`. Only when no incident is open. */
  | { kind: 'opened'; until?: number }
  | { kind: 'closed' };

/** Why an incident opens. */
type OpeningCause = 'rate' | 'in-row' | 'by-hand';

/** The effect of an event; `probe` allows the worker that asked to make one call. */
export type BreakerChange =
  | { kind: 'opened'; why: OpeningCause }
  | { kind: 'reopened' | 'recovering' | 'closed' }
  /** `nth`: the number of probes before this one. */
  | { kind: 'probe'; nth: number };

const SPAN_MS = 5_000;
const WINDOW_MS = 60_000;
const ENOUGH_CALLS = 20;
const FAILING_SHARE = 0.5;
const IN_ROW = 5;
/** An agency that was down a moment ago needs fewer failures to open again. */
const IN_ROW_RECOVERING = 2;
export const PROBE_EVERY_MS = 15_000;

export const CLOSED: Breaker = { state: 'closed', since: 0, inRow: 0, spans: [] };

export const advance = (
  breaker: Breaker,
  event: BreakerEvent,
  at: number,
): { breaker: Breaker; change?: BreakerChange } => {
  switch (event.kind) {
    case 'called':
      return countCalls(breaker, event, at);
    case 'probing': {
      const { state, probeAt, probes = 0 } = breaker;
      if (state !== 'open' || probeAt === undefined || at < probeAt) return { breaker };
      const probed = { ...breaker, probeAt: at + PROBE_EVERY_MS, probes: probes + 1 };
      return { breaker: probed, change: { kind: 'probe', nth: probes } };
    }
    case 'probed':
      if (breaker.state !== 'open' || !event.answered) return { breaker };
      return { breaker: { ...CLOSED, state: 'recovering', since: at }, change: { kind: 'recovering' } };
    case 'drained':
      return breaker.state === 'recovering' ? closeBreaker(at) : { breaker };
    case 'opened':
      if (breaker.state !== 'closed') return { breaker };
      return { breaker: openBreaker(at, event.until), change: { kind: 'opened', why: 'by-hand' } };
    case 'closed':
      return breaker.state === 'closed' ? { breaker } : closeBreaker(at);
  }
};

/** Calls and failures of the last minute. */
export const tally = ({ spans }: Pick<Breaker, 'spans'>): { calls: number; failures: number } => ({
  calls: spans.reduce((sum, span) => sum + span.calls, 0),
  failures: spans.reduce((sum, span) => sum + span.failures, 0),
});

/** Adds a call to the spans, and drops spans older than the window. */
export const count = (spans: readonly Span[], call: Span): Span[] => {
  const at = Math.floor(call.at / SPAN_MS) * SPAN_MS;
  const known = spans.find((span) => span.at === at);
  const counted = known
    ? spans.map((span) => (span === known ? sum(span, call) : span))
    : [...spans, { ...call, at }].sort((one, other) => one.at - other.at);
  const newest = counted.at(-1)?.at ?? at;
  return counted.filter((span) => span.at > newest - WINDOW_MS);
};

/**
 * The calls of a worker reach back this far at most. Older calls say nothing about the current
 * state.
 */
export const isRecent = (span: Span, at: number): boolean => span.at > at - WINDOW_MS;

const sum = (span: Span, { calls, failures }: Span): Span => ({
  ...span,
  calls: span.calls + calls,
  failures: span.failures + failures,
});

const countCalls = (
  breaker: Breaker,
  { spans, inRow, succeeded }: Calls,
  at: number,
): { breaker: Breaker; change?: BreakerChange } => {
  // Calls that were in flight when it opened are ignored.
  if (breaker.state === 'open') return { breaker };
  const recent = [...breaker.spans, ...spans].filter((span) => isRecent(span, at));
  const next: Breaker = {
    ...breaker,
    inRow: succeeded ? inRow : breaker.inRow + inRow,
    spans: recent.reduce<Span[]>(count, []),
  };
  const why = whyOpen(next);
  if (why === undefined) return { breaker: next };
  return {
    breaker: { ...openBreaker(at, at + PROBE_EVERY_MS), spans: next.spans, inRow: next.inRow },
    change: breaker.state === 'closed' ? { kind: 'opened', why } : { kind: 'reopened' },
  };
};

const whyOpen = (breaker: Breaker): Exclude<OpeningCause, 'by-hand'> | undefined => {
  if (breaker.inRow >= (breaker.state === 'recovering' ? IN_ROW_RECOVERING : IN_ROW)) return 'in-row';
  const { calls, failures } = tally(breaker);
  return calls >= ENOUGH_CALLS && failures >= calls * FAILING_SHARE ? 'rate' : undefined;
};

const openBreaker = (at: number, probeAt: number | undefined): Breaker => ({
  state: 'open',
  since: at,
  inRow: 0,
  spans: [],
  ...(probeAt !== undefined && { probeAt }),
});

const closeBreaker = (at: number): { breaker: Breaker; change: BreakerChange } => ({
  breaker: { ...CLOSED, since: at },
  change: { kind: 'closed' },
});
