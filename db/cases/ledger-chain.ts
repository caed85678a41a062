import { createHash } from 'node:crypto';

/** What the first entry of a case is chained to: bound to the case, so entries cannot be carried over from another. */
export const genesisHash = (caseId: string): Buffer =>
  createHash('sha256').update(`one-matter ledger 1:${caseId}`).digest();

/** The hash of an entry: over the hash before it, its number, and its text exactly as stored. */
export const entryHash = (before: Buffer, seq: number, text: string): Buffer =>
  createHash('sha256').update(before).update(`${seq}:${text}`).digest();
