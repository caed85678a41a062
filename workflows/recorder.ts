import { condition } from '@temporalio/workflow';
import type { LedgerEntry, LedgerTip } from '../domain/case/ledger.ts';
import { changesOf } from '../domain/case/progress.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseChanges } from '../domain/projection/projection.ts';
import type { CaseInput } from './messages.ts';
import { writeProjection } from './proxies.ts';

/** With more entries than these told again and again, an activity writes them: what an Update hands over stays small. */
const MOST_TOLD_AGAIN = 30;

/**
 * Gets a case's entries into Postgres, always all since the last one that is known to be there. What follows from the start or from a
 * message is handed over with the answer to whoever brought it, who writes it (docs/decisions/0021, 0027). An activity writes everything
 * else, one at a time and all that has gathered in one go. While first attempts are in flight both hold back: what an agency answers at
 * once is recorded together with the sending.
 */
export interface Recorder {
  add: (entries: LedgerEntry[], state: CaseState) => void;
  /** So far is the ledger, says whoever read it. Believed where its last entry is the case's own. */
  confirm: (tip: LedgerTip) => void;
  /** What must be written before all entries so far count as recorded; undefined: they are in Postgres. */
  handOver: () => Promise<CaseChanges | undefined>;
  /** The same as it is now, for whoever lost what was handed over. */
  unwritten: () => CaseChanges | undefined;
  /** Everything is in Postgres or in the answer to somebody who writes it. */
  isDone: () => boolean;
  run: () => Promise<never>;
}

export const createRecorder = (
  { caseId, ledgerHash }: CaseInput,
  from: CaseState,
  { isBusy, isAwaiting }: { isBusy: () => boolean; isAwaiting: boolean },
): Recorder => {
  let latest = from;
  let confirmed = { seq: from.seq, hash: ledgerHash };
  let unconfirmed: LedgerEntry[] = [];
  /** Up to here somebody was told to write; up to here more than once. */
  let handedOver = from.seq;
  let toldAgain = from.seq;
  /** Somebody is on the way for the first entries. */
  let awaiting = isAwaiting;
  let handingOver = 0;
  let writing = false;

  const changes = (): CaseChanges => ({
    caseId,
    prevSeq: confirmed.seq,
    prevHash: confirmed.hash,
    ...changesOf(latest, unconfirmed),
  });
  const unwritten = () => (unconfirmed.length === 0 ? undefined : changes());

  const confirmUpTo = (head: { seq: number; hash: string }): void => {
    if (head.seq <= confirmed.seq) return;
    unconfirmed = unconfirmed.slice(head.seq - confirmed.seq);
    confirmed = { seq: head.seq, hash: head.hash };
    handedOver = Math.max(handedOver, head.seq);
  };

  const mustWrite = (): boolean =>
    !awaiting && (latest.seq > handedOver || toldAgain - confirmed.seq > MOST_TOLD_AGAIN);

  return {
    add: (entries, state) => {
      unconfirmed.push(...entries);
      latest = state;
    },
    confirm: (tip) => {
      const own = unconfirmed[tip.seq - confirmed.seq - 1];
      if (own && JSON.stringify(own) === JSON.stringify(tip.entry)) confirmUpTo(tip);
    },
    handOver: async () => {
      handingOver += 1;
      await condition(() => !isBusy());
      handingOver -= 1;
      toldAgain = handedOver;
      handedOver = latest.seq;
      awaiting = false;
      return unwritten();
    },
    unwritten,
    isDone: () => !awaiting && !writing && latest.seq <= handedOver,
    run: async () => {
      for (;;) {
        await condition(() => mustWrite() && handingOver === 0 && !isBusy());
        writing = true;
        confirmUpTo(await writeProjection(changes()));
        writing = false;
      }
    },
  };
};
