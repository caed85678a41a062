import type { EntryOf, LedgerEntry } from '../../domain/case/ledger.ts';
import type { Outcome } from '../../domain/case/messages.ts';
import type { Db } from '../sql/pool.ts';

export interface LedgerRow {
  seq: number;
  at: number;
  entry: LedgerEntry;
  /** Hex. */
  hash: string;
}

/** The entries of a case after `afterSeq`, oldest first, at most `limit`. */
export const readLedger = async (db: Db, caseId: string, afterSeq: number, limit: number): Promise<LedgerRow[]> => {
  const { rows } = await db.query<LedgerRow>({
    name: 'read-ledger',
    text: `select seq, at, entry, encode(hash, 'hex') as hash from ledger where case_id = $1 and seq > $2 order by seq limit $3`,
    values: [caseId, afterSeq, limit],
  });
  return rows;
};

/**
 * The entry that began the closing of a case, if it is or was being closed; the last one if the
 * case was reopened meanwhile.
 */
export const findClosing = async (db: Db, caseId: string): Promise<EntryOf<'case-closing'> | undefined> => {
  const { rows } = await db.query<{ entry: EntryOf<'case-closing'> }>(
    `select entry from ledger where case_id = $1 and entry ->> 'kind' = 'case-closing' order by seq desc limit 1`,
    [caseId],
  );
  return rows[0]?.entry;
};

/**
 * The outcome of a message in the ledger, for a case that has ended and cannot be asked any more. A
 * message that was refused may be applied later, as the reply to a request of ours: that counts.
 * Undefined: the message is not in the ledger, so it was never applied.
 */
export const findLedgerOutcome = async (db: Db, caseId: string, messageId: string): Promise<Outcome | undefined> => {
  const { rows } = await db.query<{ entry: LedgerEntry }>(
    `select entry from ledger where case_id = $1 and entry ->> 'messageId' = $2
    order by entry ->> 'kind' = 'message-refused', seq limit 1`,
    [caseId, messageId],
  );
  const entry = rows[0]?.entry;
  if (!entry) return undefined;
  return entry.kind === 'message-refused' ? { kind: 'refused', code: entry.code } : { kind: 'applied' };
};
