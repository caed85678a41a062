/**
 * When an agency counts as down for everybody, and how it comes back: the breaker of one agency, over all workers. Pure; whoever
 * keeps it (db/breakers.ts) brings the instants, in milliseconds since 1970.
 *
 * - closed: steps are sent. Half of at least 20 calls, or five in a row, have failed → open.
 * - open: nothing is sent but one probe in 15 seconds. A probe that is answered → recovering. By hand → closed.
 * - recovering (half open): what was parked is released, nothing else is sent. Two calls in a row fail, or half of at least 20 →
 *   open. Everything that was parked when it began is on its way → closed.
 */
export interface Breaker {
  state: 'closed' | 'open' | 'recovering';
  /** Since when it is in that state. */
  since: number;
  /** Calls that failed one after the other, up to the last that was counted. */
  inRow: number;
  /** The calls of the last minute by spans of five seconds, oldest first; begun anew with every state. */
  spans: Span[];
  /** When it is probed next; absent: not while nobody says so (maintenance without an announced end). */
  probeAt?: number;
  /** How often it was probed since it opened; only while it is open. */
  probes?: number;
}

/** Calls that ended within the five seconds from `at`. */
export interface Span {
  at: number;
  calls: number;
  failures: number;
}

/** Calls as one worker counted them since it last reported. */
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
  /** What was parked when it began to recover is on its way. */
  | { kind: 'drained' }
  /** A person knows better: maintenance that was announced, until then. Only where no incident is open. */
  | { kind: 'opened'; until?: number }
  | { kind: 'closed' };

/** Why an incident opens. */
type OpenedWhy = 'rate' | 'in-row' | 'by-hand';

/** What an event comes to: `probe` lets the worker that asked make one call. */
export type BreakerChange =
  | { kind: 'opened'; why: OpenedWhy }
  | { kind: 'reopened' | 'recovering' | 'closed' }
  /** `nth`: how many there were before it. */
  | { kind: 'probe'; nth: number };

const SPAN_MS = 5_000;
const WINDOW_MS = 60_000;
const ENOUGH_CALLS = 20;
const FAILING_SHARE = 0.5;
const IN_ROW = 5;
/** An agency that was just found down gets less credit. */
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
      return called(breaker, event, at);
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
      return breaker.state === 'recovering' ? closed(at) : { breaker };
    case 'opened':
      if (breaker.state !== 'closed') return { breaker };
      return { breaker: open(at, event.until), change: { kind: 'opened', why: 'by-hand' } };
    case 'closed':
      return breaker.state === 'closed' ? { breaker } : closed(at);
  }
};

/** Calls and failures of the last minute. */
export const tally = ({ spans }: Pick<Breaker, 'spans'>): { calls: number; failures: number } => ({
  calls: spans.reduce((sum, span) => sum + span.calls, 0),
  failures: spans.reduce((sum, span) => sum + span.failures, 0),
});

/** The spans with one more call in them, and without what is older than the window. */
export const count = (spans: readonly Span[], call: Span): Span[] => {
  const at = Math.floor(call.at / SPAN_MS) * SPAN_MS;
  const known = spans.find((span) => span.at === at);
  const counted = known
    ? spans.map((span) => (span === known ? sum(span, call) : span))
    : [...spans, { ...call, at }].sort((one, other) => one.at - other.at);
  const newest = counted.at(-1)?.at ?? at;
  return counted.filter((span) => span.at > newest - WINDOW_MS);
};

/** A worker's calls reach back this far at most: older ones tell nothing about now. */
export const isRecent = (span: Span, at: number): boolean => span.at > at - WINDOW_MS;

const sum = (span: Span, { calls, failures }: Span): Span => ({
  ...span,
  calls: span.calls + calls,
  failures: span.failures + failures,
});

const called = (
  breaker: Breaker,
  { spans, inRow, succeeded }: Calls,
  at: number,
): { breaker: Breaker; change?: BreakerChange } => {
  // Calls that were under way when it opened say nothing new.
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
    breaker: { ...open(at, at + PROBE_EVERY_MS), spans: next.spans, inRow: next.inRow },
    change: breaker.state === 'closed' ? { kind: 'opened', why } : { kind: 'reopened' },
  };
};

const whyOpen = (breaker: Breaker): Exclude<OpenedWhy, 'by-hand'> | undefined => {
  if (breaker.inRow >= (breaker.state === 'recovering' ? IN_ROW_RECOVERING : IN_ROW)) return 'in-row';
  const { calls, failures } = tally(breaker);
  return calls >= ENOUGH_CALLS && failures >= calls * FAILING_SHARE ? 'rate' : undefined;
};

const open = (at: number, probeAt: number | undefined): Breaker => ({
  state: 'open',
  since: at,
  inRow: 0,
  spans: [],
  ...(probeAt !== undefined && { probeAt }),
});

const closed = (at: number): { breaker: Breaker; change: BreakerChange } => ({
  breaker: { ...CLOSED, since: at },
  change: { kind: 'closed' },
});
