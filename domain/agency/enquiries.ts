/**
 * When an agency that has accepted a step and stays silent is asked about it (docs/decisions/0006).
 */

/**
 * How an agency is reached: its system is called, its officers work on our list, or its rules
 * decide here.
 */
type Connection = 'push' | 'worklist' | 'rules';

/** The data of an agency's registration that decide when it is asked, and why its steps wait. */
export interface AgencyFacts {
  connection: Connection;
  /** How long an accepted step may be silent before the agency is asked first, in seconds. */
  enquireAfterS: number;
  maxPerSecond?: number | undefined;
  /** The requests of one case that may wait for its reply at the same time. */
  maxInFlight?: number | undefined;
  /** Since when nothing is sent to it: an operator has disabled it. */
  disabledAt?: number | undefined;
}

/**
 * The interval to the next enquiry is `growth` times the previous one. It grows at most
 * `timesGrown` times and to at most `longestS` seconds. A silent agency is therefore always asked
 * four times a day.
 */
export const ENQUIRY_INTERVALS = { growth: 2, timesGrown: 20, longestS: 6 * 3_600 } as const;

/**
 * An agency that was asked twice without a decision is silent: after its interval and twice that
 * interval.
 */
const INTERVALS_TO_SILENCE = 3;

/**
 * When the agency is asked first about an accepted step that was sent at `sentAt`, milliseconds
 * since 1970. Undefined: never; only a system is asked by machine.
 */
export const firstEnquiryAt = (
  { connection, enquireAfterS }: AgencyFacts,
  sentAt: number | undefined,
): number | undefined => (connection === 'push' && sentAt !== undefined ? sentAt + enquireAfterS * 1_000 : undefined);

/**
 * The number of seconds from the nth enquiry (1, 2, …) to the next. `db/agencies/enquiries.ts`
 * repeats this in SQL for many steps at once.
 */
export const enquiryIntervalS = ({ enquireAfterS }: Pick<AgencyFacts, 'enquireAfterS'>, nth: number): number => {
  const { growth, timesGrown, longestS } = ENQUIRY_INTERVALS;
  return Math.min(enquireAfterS * growth ** Math.min(nth, timesGrown), longestS);
};

/**
 * When an agency last sent something. Its step has had `enquiries` enquiries and the next is at
 * `enquireAt`. An agency that sends a progress note is asked later, as if the step had been sent at
 * that moment. 0: not known.
 */
export const lastContactAt = (
  { enquireAfterS }: Pick<AgencyFacts, 'enquireAfterS'>,
  { enquireAt, enquiries }: { enquireAt?: number | undefined; enquiries: number },
): number => (enquireAt !== undefined && enquiries === 0 ? enquireAt - enquireAfterS * 1_000 : 0);

/** The instant from which an agency whose last message came at `event` counts as silent. */
export const silentAt = ({ enquireAfterS }: Pick<AgencyFacts, 'enquireAfterS'>, event: number): number =>
  event + INTERVALS_TO_SILENCE * enquireAfterS * 1_000;
