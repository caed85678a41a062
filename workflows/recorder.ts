import { condition } from '@temporalio/workflow';
import type { LedgerEntry, LedgerTip } from '../domain/case/ledger.ts';
import { changesOf } from '../domain/case/changes.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseChanges } from '../domain/projection/projection.ts';
import type { CaseInput } from './messages.ts';
import { writeProjection } from './proxies.ts';

/**
 * If more entries than these are handed over again, an activity writes them, so that the answer to
 * an update stays small.
 */
const MOST_HANDED_OVER_AGAIN = 30;

/**
 * Brings the entries of a case to Postgres, always all entries after the last one that is known to
 * be there. The answer to the start or to a message contains the entries that follow from it, and
 * the sender writes them (docs/decisions/0021, 0027). An activity writes all other entries: one
 * call at a time, with everything that has collected. Both wait while first attempts are in flight,
 * so that an immediate answer of an agency is recorded together with the sending.
 */
export interface Recorder {
  add: (entries: LedgerEntry[], state: CaseState) => void;
  /** The ledger's tip as a sender has read it. Trusted if its last entry is the case's own. */
  confirm: (tip: LedgerTip) => void;
  /**
   * The entries that must be written before everything so far counts as recorded; undefined: all
   * are in Postgres.
   */
  handOver: () => Promise<CaseChanges | undefined>;
  /** The current unwritten entries, for a sender that lost an earlier answer. */
  listUnwritten: () => CaseChanges | undefined;
  /** The last entry that is known to be in Postgres, and those after it, for the next run. */
  listForNextRun: () => { ledgerHash: string; unwritten: LedgerEntry[] };
  /** Every entry is in Postgres or in the answer to a sender that writes it. */
  isDone: () => boolean;
  run: () => Promise<never>;
}

export const createRecorder = (
  { caseId, ledgerHash, resumed }: CaseInput,
  from: CaseState,
  { runs, isBusy, isAwaiting }: { runs: string[]; isBusy: () => boolean; isAwaiting: boolean },
): Recorder => {
  let latest = from;
  let unconfirmed: LedgerEntry[] = [...(resumed?.unwritten ?? [])];
  let confirmed = { seq: from.seq - unconfirmed.length, hash: ledgerHash };
  /** A sender was asked to write the entries up to here once, and up to here more than once. */
  let handedOver = confirmed.seq;
  let handedOverAgain = confirmed.seq;
  /** The starter of the case has not fetched the first entries yet. */
  let awaiting = isAwaiting;
  let handingOver = 0;
  let writing = false;

  /** A copy: entries that are added before it is sent would have no rows with it. */
  const collectChanges = (): CaseChanges => ({
    caseId,
    prevSeq: confirmed.seq,
    prevHash: confirmed.hash,
    runs,
    ...changesOf(latest, [...unconfirmed]),
  });
  const listUnwritten = () => (unconfirmed.length === 0 ? undefined : collectChanges());

  const confirmUpTo = (head: { seq: number; hash: string }): void => {
    if (head.seq <= confirmed.seq) return;
    unconfirmed = unconfirmed.slice(head.seq - confirmed.seq);
    confirmed = { seq: head.seq, hash: head.hash };
    handedOver = Math.max(handedOver, head.seq);
  };

  const mustWrite = (): boolean =>
    !awaiting && (latest.seq > handedOver || handedOverAgain - confirmed.seq > MOST_HANDED_OVER_AGAIN);

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
      handedOverAgain = handedOver;
      handedOver = latest.seq;
      awaiting = false;
      return listUnwritten();
    },
    listUnwritten,
    listForNextRun: () => ({ ledgerHash: confirmed.hash, unwritten: unconfirmed }),
    isDone: () => !awaiting && !writing && latest.seq <= handedOver,
    run: async () => {
      for (;;) {
        await condition(() => mustWrite() && handingOver === 0 && !isBusy());
        writing = true;
        confirmUpTo(await writeProjection(collectChanges()));
        writing = false;
      }
    },
  };
};
