import type { DisclosureRow } from '../cases/disclosures.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/**
 * When a step was sent to its agency and what came back, from our own rows: the evidence for a
 * contested order. Ids, codes and instants (milliseconds since 1970), nothing personal.
 */
export interface Arrival {
  /** The entries of the step in the ledger, in order. */
  recorded: { at: number; kind: string; round?: number }[];
  /** When each round was sent: the first and the last attempt, and the number of attempts. */
  sent: Pick<DisclosureRow, 'round' | 'agency' | 'sends' | 'firstAt' | 'lastAt'>[];
  /** When each message of the agency reached us, and by which way. */
  received: { at: number; messageId: string; source: string; round?: number }[];
}

const SAYS_NOTHING_OF_TIMES = ['step-deferred', 'step-blocked', 'message-refused'];

export const readArrival = async (db: Db, { caseId, stepId }: { caseId: string; stepId: string }): Promise<Arrival> => {
  const [recorded, sent, received] = [
    await db.query<Arrival['recorded'][number]>(
      `select at, kind, (entry ->> 'round')::integer as round from ledger
      where case_id = $1 and step_id = $2 and kind <> all ($3) order by seq`,
      [caseId, stepId, SAYS_NOTHING_OF_TIMES],
    ),
    await db.query<Arrival['sent'][number]>(
      `select round, agency, sum(sends) as sends, min(first_at) as "firstAt", max(last_at) as "lastAt" from disclosures
      where case_id = $1 and step_id = $2 group by round, agency order by round`,
      [caseId, stepId],
    ),
    await db.query<Arrival['received'][number]>(
      `select received_at as at, message_id as "messageId", source, round from inbox
      where case_id = $1 and step_id = $2 and source in ('reply', 'callback', 'enquiry', 'officer') order by received_at`,
      [caseId, stepId],
    ),
  ];
  return { recorded: recorded.rows.map(dropNulls), sent: sent.rows, received: received.rows.map(dropNulls) };
};
