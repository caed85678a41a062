import type { ConfirmedWarning } from '../../domain/form/confirmations.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import type { Opener, Sealer } from '../sql/sealing.ts';

/** Warnings about the form of a case that a person confirmed at once. */
export interface ConfirmationRow {
  /** Role and account. */
  by: string;
  at: number;
  confirmed: ConfirmedWarning[];
}

const reasonsContext = (caseId: string, revision: number): string => `confirmation:${caseId}:${revision}`;

/** Keeps what was confirmed with a revision of the dossier; nothing if nothing was. */
export const saveConfirmations = async (
  client: Db,
  cipher: Sealer,
  { caseId, revision }: { caseId: string; revision: number },
  { by, at, confirmed }: ConfirmationRow,
): Promise<void> => {
  if (confirmed.length === 0) return;
  const codes = confirmed.map(({ rule, field, message }) => ({ rule, field, message }));
  const reasons = confirmed.map(({ reason }) => reason);
  await client.query(
    'insert into confirmations (case_id, revision, by, at, confirmed, reasons) values ($1, $2, $3, $4, $5, $6)',
    [caseId, revision, by, new Date(at), JSON.stringify(codes), cipher.seal(reasons, reasonsContext(caseId, revision))],
  );
};

/** All confirmations of a case, the first ones first. */
export const listConfirmations = async (db: Db, opener: Opener, caseId: string): Promise<ConfirmationRow[]> => {
  const { rows } = await db.query<{
    revision: number;
    by: string;
    at: number;
    confirmed: Omit<ConfirmedWarning, 'reason'>[];
    reasons: Buffer;
  }>({
    name: 'list-confirmations',
    text: 'select revision, by, at, confirmed, reasons from confirmations where case_id = $1 order by revision',
    values: [caseId],
  });
  return rows.map(({ revision, by, at, confirmed, reasons: sealed }) => {
    const reasons = opener.open(sealed, reasonsContext(caseId, revision));
    if (!Array.isArray(reasons)) throw databaseError('SEALED_UNREADABLE', `confirmations of case ${caseId}`);
    return { by, at, confirmed: confirmed.map((one, index) => ({ ...one, reason: String(reasons[index]) })) };
  });
};
