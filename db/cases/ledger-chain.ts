import { createHash } from 'node:crypto';

/**
 * The hash before the first entry of a case. It is bound to the case, so entries cannot be moved
 * from another case.
 */
export const genesisHash = (caseId: string): Buffer =>
  createHash('sha256').update(`one-matter ledger 1:${caseId}`).digest();

/**
 * The hash of an entry: over the previous hash, the number of the entry, and its text exactly as
 * stored.
 */
export const entryHash = (before: Buffer, seq: number, text: string): Buffer =>
  createHash('sha256').update(before).update(`${seq}:${text}`).digest();
