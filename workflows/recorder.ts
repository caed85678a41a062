import { condition } from '@temporalio/workflow';
import type { Progress } from '../activities/progress.ts';
import type { LedgerEntry } from '../matters/engine/ledger.ts';
import { changesOf } from '../matters/engine/progress.ts';
import type { CaseState } from '../matters/engine/state.ts';
import { isCaseEnd } from '../matters/engine/status.ts';
import { recordProgress } from './proxies.ts';

/** With more entries than these unconfirmed, an activity confirms them: what an Update hands over stays small. */
const MOST_UNCONFIRMED = 30;

/**
 * Gets a case's entries into Postgres, always all since the last one that is known to be there. What follows from a message is handed
 * over with the answer to it, and whoever delivered the message writes it (docs/decisions/0021). An activity writes everything else,
 * one at a time and all that has gathered in one go; it alone confirms. While first attempts are in flight both hold back: what an
 * agency answers at once is recorded together with the sending.
 */
export interface Recorder {
  add: (entries: LedgerEntry[], state: CaseState) => void;
  /** What must be written before all entries so far count as recorded; undefined: they are in Postgres. */
  handOver: () => Promise<Progress | undefined>;
  /** Everything is known to be in Postgres. */
  isDone: () => boolean;
  run: () => Promise<never>;
}

export const createRecorder = (
  caseId: string,
  from: CaseState,
  ledgerHash: string,
  isBusy: () => boolean,
): Recorder => {
  let latest = from;
  let confirmed = { seq: from.seq, hash: ledgerHash };
  let unconfirmed: LedgerEntry[] = [];
  /** Up to here somebody was told to write. */
  let handedOver = from.seq;
  let handingOver = 0;

  const progress = (): Progress => ({
    caseId,
    prevSeq: confirmed.seq,
    prevHash: confirmed.hash,
    ...changesOf(latest, unconfirmed),
  });

  /** Whoever was told to write the end of a case may be lost for longer than Temporal keeps the case. */
  const mustConfirm = (): boolean =>
    latest.seq > handedOver ||
    unconfirmed.length > MOST_UNCONFIRMED ||
    (isCaseEnd(latest.status) && unconfirmed.length > 0);

  return {
    add: (entries, state) => {
      unconfirmed.push(...entries);
      latest = state;
    },
    handOver: async () => {
      handingOver += 1;
      await condition(() => !isBusy());
      handingOver -= 1;
      const { seq, status } = latest;
      if (isCaseEnd(status)) {
        await condition(() => confirmed.seq >= seq);
        return undefined;
      }
      handedOver = seq;
      return unconfirmed.length === 0 ? undefined : progress();
    },
    isDone: () => unconfirmed.length === 0,
    run: async () => {
      for (;;) {
        await condition(() => mustConfirm() && handingOver === 0 && !isBusy());
        const { seq, hash } = await recordProgress(progress());
        unconfirmed = unconfirmed.slice(seq - confirmed.seq);
        confirmed = { seq, hash };
        handedOver = Math.max(handedOver, seq);
      }
    },
  };
};
