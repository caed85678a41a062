import { GRANTED } from '../../domain/case/status.ts';
import type { DuplicateKey, DuplicateRule } from '../../domain/form/duplicates.ts';
import { comparable } from '../../domain/form/normalise.ts';
import type { Opener, Sealer } from '../sql/sealing.ts';
import { databaseError, type Db } from '../sql/pool.ts';

/** Another case that a rule finds to be a duplicate of the submitted one. */
export interface FoundDuplicate {
  /** The rule's id in the definition. */
  rule: string;
  caseId: string;
  caseNo: string;
  region: string;
}

/**
 * The keyed hash of a key. Its values come from a checked form, so they are normalised by their
 * formats.
 */
const hashDuplicateKey = (cipher: Sealer, { key, values }: DuplicateKey): Buffer =>
  cipher.hash(`duplicate:${key}`, values.map((value) => comparable(undefined, value)).join('\u001f'));

/** The keys of a case as they are stored: hashes in hex, each once. */
export const hashKeys = (cipher: Sealer, rules: readonly DuplicateRule[]): { key: string; hash: string }[] => {
  const hashed = rules
    .flatMap(({ keys }) => keys)
    .map((key) => ({ key: key.key, hash: hashDuplicateKey(cipher, key).toString('hex') }));
  return [...new Map(hashed.map((one) => [`${one.key} ${one.hash}`, one])).values()];
};

/**
 * The cases that the rules find to be duplicates. Locks the keys, so that of two equal cases at
 * once the second finds the first; `client` must be in the transaction that accepts the case.
 */
export const findDuplicates = async (
  client: Db,
  cipher: Sealer,
  rules: readonly DuplicateRule[],
): Promise<FoundDuplicate[]> => {
  const keys = rules.flatMap((rule) =>
    hashKeys(cipher, [rule]).map((key) => ({ rule: rule.id, ...key, against: rule.against, other: rule.other })),
  );
  if (keys.length === 0) return [];
  const { rows } = await client.query<FoundDuplicate>({
    name: 'find-duplicates',
    text: 'select rule, case_id as "caseId", case_no as "caseNo", region from find_duplicates($1, $2)',
    values: [JSON.stringify(keys), GRANTED],
  });
  return rows;
};

/**
 * Adds the keys of a corrected form. The earlier keys stay, because the case was known under them.
 */
export const addDuplicateKeys = async (
  client: Db,
  cipher: Sealer,
  caseId: string,
  rules: readonly DuplicateRule[],
): Promise<void> => {
  await client.query(
    `insert into duplicate_keys (case_id, key, hash)
    select $1, key, decode(hash, 'hex') from jsonb_to_recordset($2) as new (key text, hash text) on conflict do nothing`,
    [caseId, JSON.stringify(hashKeys(cipher, rules))],
  );
};

/** The number of duplicates that are recorded with a case: the oldest ones. */
const MOST_OVERRIDDEN = 100;

/** A case was accepted although duplicates were found. */
export interface Override {
  /** Role and account. */
  by: string;
  at: number;
  /** At most `MOST_OVERRIDDEN`. */
  found: FoundDuplicate[];
  reason: string;
}

const reasonContext = (caseId: string): string => `override:${caseId}`;

export const saveOverride = async (
  client: Db,
  cipher: Sealer,
  caseId: string,
  { by, at, found, reason }: Override,
): Promise<void> => {
  await client.query('insert into duplicate_overrides (case_id, by, at, found, reason) values ($1, $2, $3, $4, $5)', [
    caseId,
    by,
    new Date(at),
    JSON.stringify(found.slice(0, MOST_OVERRIDDEN)),
    cipher.seal(reason, reasonContext(caseId)),
  ]);
};

export const findOverride = async (db: Db, opener: Opener, caseId: string): Promise<Override | undefined> => {
  const { rows } = await db.query<Omit<Override, 'reason'> & { reason: Buffer }>({
    name: 'find-override',
    text: 'select by, at, found, reason from duplicate_overrides where case_id = $1',
    values: [caseId],
  });
  const [row] = rows;
  if (!row) return undefined;
  const reason = opener.open(row.reason, reasonContext(caseId));
  if (typeof reason !== 'string') throw databaseError('SEALED_UNREADABLE', `override of case ${caseId} has no reason`);
  return { ...row, reason };
};
