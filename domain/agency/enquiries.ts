/**
 * When an agency that has accepted a step and stays silent is asked about it (docs/decisions/0006).
 */

/**
 * How an agency is reached: its system is called, its officers work on our list, or its rules
 * decide here.
 */
type Connection = 'push' | 'worklist' | 'rules';

/** What of an agency's registration decides when it is asked, and what its steps wait for. */
export interface AgencyFacts {
  connection: Connection;
  /** How long an accepted step may be silent before the agency is asked first, in seconds. */
  enquireAfterS: number;
  maxPerSecond?: number | undefined;
  /** Since when nothing is sent to it: an operator has disabled it. */
  disabledAt?: number | undefined;
}

/**
 * From one enquiry to the next: every time `growth` times as long as before, growing no more than
 * `timesGrown` times and to no more than `longestS` seconds. However long an agency is silent, it
 * is asked four times a day.
 */
export const ENQUIRY_INTERVALS = { growth: 2, timesGrown: 20, longestS: 6 * 3_600 } as const;

/**
 * An agency that has been asked twice without a decision is silent: after its interval and after
 * twice that.
 */
const INTERVALS_TO_SILENCE = 3;

/**
 * When the agency is asked first about a step that was sent at `sentAt` and that it has accepted,
 * milliseconds since 1970. Undefined: never; only a system is asked by machine.
 */
export const firstEnquiryAt = (
  { connection, enquireAfterS }: AgencyFacts,
  sentAt: number | undefined,
): number | undefined => (connection === 'push' && sentAt !== undefined ? sentAt + enquireAfterS * 1_000 : undefined);

/**
 * How many seconds after its nth enquiry (1, 2, …) the agency is asked again. `db/agencies/enquiries.ts`
 * does the same for many steps at once.
 */
export const enquiryIntervalS = ({ enquireAfterS }: Pick<AgencyFacts, 'enquireAfterS'>, nth: number): number => {
  const { growth, timesGrown, longestS } = ENQUIRY_INTERVALS;
  return Math.min(enquireAfterS * growth ** Math.min(nth, timesGrown), longestS);
};

/**
 * When an agency was last heard, of which a step will be asked about at `enquireAt` and has been
 * `enquiries` times. An agency that reports progress is asked later, as if the step had been sent at
 * that moment. 0: not known.
 */
export const heardAt = (
  { enquireAfterS }: Pick<AgencyFacts, 'enquireAfterS'>,
  { enquireAt, enquiries }: { enquireAt?: number | undefined; enquiries: number },
): number => (enquireAt !== undefined && enquiries === 0 ? enquireAt - enquireAfterS * 1_000 : 0);

/** From when on an agency that was last heard at `event` counts as silent. */
export const silentAt = ({ enquireAfterS }: Pick<AgencyFacts, 'enquireAfterS'>, event: number): number =>
  event + INTERVALS_TO_SILENCE * enquireAfterS * 1_000;
