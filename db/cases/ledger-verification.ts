import { entryHash, genesisHash } from './ledger-chain.ts';
import type { Db } from '../sql/pool.ts';

/**
 * - `missing`: there is no entry of this number
 * - `changed`: the hash does not match the entry or its place
 * - `columns`: the columns beside the entry differ from the entry
 * - `head`: the row of the case names another last entry
 */
type LedgerProblemKind = 'missing' | 'changed' | 'columns' | 'head';

export interface LedgerProblem {
  caseId: string;
  seq: number;
  problem: LedgerProblemKind;
}

/** Cases for each statement: some thousands of entries, a few MB. */
const CASES_A_TIME = 200;

interface VerifiedRow {
  caseId: string;
  headSeq: number;
  headHash: Buffer;
  /** Null: the case has no entry at all. */
  seq: number | null;
  text: string;
  hash: Buffer;
  columnsAgree: boolean;
}

/**
 * Recomputes the chain of one case, or of all, and returns every place where it breaks. It finds
 * every change in the database that was not made by our code. If a whole chain and its case row are
 * rewritten, only a comparison with a copy of the heads kept elsewhere finds it.
 */
export const verifyLedger = async (db: Db, caseId?: string): Promise<LedgerProblem[]> => {
  const problems: LedgerProblem[] = [];
  let after: string | undefined;
  for (;;) {
    const rows = await readCases(db, caseId, after);
    for (const entries of groupByCase(rows)) problems.push(...verifyCase(entries));
    after = rows.at(-1)?.caseId;
    if (after === undefined || caseId !== undefined) return problems;
  }
};

const readCases = async (db: Db, caseId: string | undefined, after: string | undefined): Promise<VerifiedRow[]> => {
  const { rows } = await db.query<VerifiedRow>(
    // One statement for each batch, so that a case and its entries are read at the same instant.
    `select cases.id as "caseId", ledger_seq as "headSeq", ledger_hash as "headHash", seq, entry::text as text, hash,
      at = to_timestamp((entry ->> 'at')::double precision / 1000) and kind = entry ->> 'kind'
        and step_id is not distinct from entry ->> 'stepId' as "columnsAgree"
    from (select id, ledger_seq, ledger_hash from cases
      where ($1::uuid is null or id = $1) and ($2::uuid is null or id > $2) order by id limit $3) as cases
    left join ledger on case_id = cases.id
    order by cases.id, seq`,
    [caseId ?? null, after ?? null, CASES_A_TIME],
  );
  return rows;
};

const groupByCase = (rows: readonly VerifiedRow[]): Iterable<VerifiedRow[]> => {
  const groups = new Map<string, VerifiedRow[]>();
  for (const row of rows) {
    const group = groups.get(row.caseId);
    if (group) group.push(row);
    else groups.set(row.caseId, [row]);
  }
  return groups.values();
};

const verifyCase = (rows: readonly VerifiedRow[]): LedgerProblem[] => {
  const [first] = rows;
  if (!first) return [];
  const { caseId, headSeq, headHash } = first;
  const problems: LedgerProblem[] = [];
  const report = (seq: number, problem: LedgerProblemKind): void => void problems.push({ caseId, seq, problem });

  // After a gap the previous hash is unknown, so the next entry cannot be checked; checking
  // continues with the one after it.
  let before: Buffer | undefined = genesisHash(caseId);
  let last = 0;
  for (const { seq, text, hash, columnsAgree } of rows) {
    if (seq === null) continue;
    for (let missing = last + 1; missing < seq; missing += 1) {
      report(missing, 'missing');
      before = undefined;
    }
    if (before && !entryHash(before, seq, text).equals(hash)) report(seq, 'changed');
    if (!columnsAgree) report(seq, 'columns');
    before = hash;
    last = seq;
  }
  if (last !== headSeq || !before.equals(headHash)) report(last, 'head');
  return problems;
};
