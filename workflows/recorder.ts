import { condition } from '@temporalio/workflow';
import type { LedgerEntry } from '../matters/engine/ledger.ts';
import { changesOf } from '../matters/engine/progress.ts';
import type { CaseState } from '../matters/engine/state.ts';
import { recordProgress } from './proxies.ts';

/**
 * Writes a case's entries to Postgres in order, one activity at a time, everything that has gathered in one go. While first
 * attempts are in flight it holds back: what an agency answers at once is recorded together with the sending.
 */
export interface Recorder {
  add: (entries: LedgerEntry[], state: CaseState) => void;
  /** Resolves when entry `seq` is in Postgres. */
  recorded: (seq: number) => Promise<void>;
  /** Nothing waits to be written. */
  isDone: () => boolean;
  run: () => Promise<never>;
}

export const createRecorder = (
  caseId: string,
  from: CaseState,
  ledgerHash: string,
  isBusy: () => boolean,
): Recorder => {
  let pending: LedgerEntry[] = [];
  let latest = from;
  let written = { state: from, hash: ledgerHash };

  const recordPending = async (): Promise<void> => {
    const entries = pending;
    const state = latest;
    pending = [];
    const { hash } = await recordProgress({
      caseId,
      prevSeq: written.state.seq,
      prevHash: written.hash,
      ...changesOf(state, entries),
    });
    written = { state, hash };
  };

  return {
    add: (entries, state) => {
      pending.push(...entries);
      latest = state;
    },
    isDone: () => written.state.seq === latest.seq,
    recorded: (seq) => condition(() => written.state.seq >= seq),
    run: async () => {
      for (;;) {
        await condition(() => pending.length > 0 && !isBusy());
        await recordPending();
      }
    },
  };
};
