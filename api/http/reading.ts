import { recordReads } from '../../db/cases/reads.ts';
import type { Opener } from '../../db/sql/sealing.ts';
import type { Db } from '../../db/sql/pool.ts';
import type { Read } from '../../domain/reads.ts';
import { actorOf, type Caller } from '../../identity/caller.ts';

/** What one request reads of the personal values of cases. Each read is on record before the answer. */
export interface Reading {
  /** What opens the values of a read. Only what is opened counts as read. */
  open: (read: Read) => Opener;
  /** A read that opens nothing, as a hit of a search. */
  note: (read: Read) => void;
  /**
   * Records the reads since the last time. The app calls it before the answer goes out; a handler
   * calls it in the transaction of an act, or before it sends a part of a stream.
   */
  save: (db: Db) => Promise<void>;
}

export const startReading = ({ open }: Opener, caller: Caller): Reading => {
  const unsaved = new Map<string, Read>();
  const note = (read: Read): void => {
    const { kind, purpose, caseId, stepId } = read;
    unsaved.set([kind, purpose, caseId, stepId].join(' '), read);
  };
  return {
    note,
    open: (read) => ({
      open: (sealed, context) => {
        note(read);
        return open(sealed, context);
      },
    }),
    save: async (db) => {
      if (unsaved.size === 0) return;
      await recordReads(db, actorOf(caller), [...unsaved.values()]);
      unsaved.clear();
    },
  };
};
