import type { Pool } from 'pg';
import { claimMessages, settleMessages } from '../../db/messages/inbox.ts';
import { claimStarts, markRecorded } from '../../db/messages/start-requests.ts';
import type { Effect } from '../../domain/case/effects.ts';
import { begin, next } from '../../domain/case/engine.ts';
import type { LedgerEntry } from '../../domain/case/ledger.ts';
import type { CaseEvent, Outcome } from '../../domain/case/messages.ts';
import { changesOf } from '../../domain/case/changes.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import { openNotifications } from '../../runtime/notifications.ts';

export interface Driver {
  /** Starts the recorded cases and delivers the recorded messages. */
  takeTurn: () => Promise<void>;
  /** Runs automatically after everything that the API records. */
  run: () => void;
  /** Stops running automatically, until `run`. */
  pause: () => Promise<void>;
}

/**
 * Replaces Temporal and the worker, with the real engine and the real tables. Every agency accepts
 * its requests and does not decide; every undo succeeds.
 */
export const createDriver = (
  pool: Pool,
  url: string,
  now: () => number,
  record: (changes: CaseChanges) => Promise<{ hash: string }>,
): Driver => {
  const cases = new Map<string, { state: CaseState; hash: string }>();

  const apply = async (caseId: string, first: CaseEvent): Promise<Outcome> => {
    const driven = cases.get(caseId)!;
    const before = driven.state;
    const entries: LedgerEntry[] = [];
    let outcome: Outcome | undefined;
    for (let events = [first]; events.length > 0;) {
      const effects: Effect[] = [];
      for (const event of events) {
        const step = next(driven.state, event);
        driven.state = step.state;
        entries.push(...step.entries);
        effects.push(...step.effects);
        outcome ??= step.outcome;
      }
      events = effects.flatMap((effect) => answerTo(effect, now()));
    }
    if (entries.length === 0) return outcome!;
    const changes = { ...changesOf(driven.state, entries), runs: ['driver'] };
    ({ hash: driven.hash } = await record({ caseId, prevSeq: before.seq, prevHash: driven.hash, ...changes }));
    return outcome!;
  };

  const startAndDeliver = async (): Promise<void> => {
    for (const { caseId, plan, receivedAt, ledgerHash } of await claimStarts(pool, { limit: 100, leaseMs: 60_000 })) {
      cases.set(caseId, { state: begin(plan, receivedAt), hash: ledgerHash });
      await apply(caseId, { kind: 'started', at: now() });
      await markRecorded(pool, [caseId]);
    }
    for (const { caseId, messageId, message } of await claimMessages(pool, {
      limit: 100,
      leaseMs: 60_000,
      perCase: 4,
    })) {
      const outcome = await apply(caseId, { kind: 'message', at: now(), message });
      await settleMessages(pool, [{ caseId, messageId, outcome }]);
    }
  };

  let turns = Promise.resolve();
  let listener: { close: () => Promise<void> } | undefined;
  const takeTurn = () => (turns = turns.then(startAndDeliver));
  const scheduleTurn = () => void takeTurn();
  return {
    takeTurn,
    run: () => {
      const channels = ['start_requested', 'message_received'] as const;
      const notifications = openNotifications({ url, channels, log: () => undefined });
      channels.forEach((channel) => notifications.on(channel, scheduleTurn));
      listener = notifications;
    },
    pause: async () => {
      await listener?.close();
      await turns;
    },
  };
};

const answerTo = (effect: Effect, at: number): CaseEvent[] => {
  const { stepId, round } = effect;
  switch (effect.kind) {
    case 'submit':
      return [{ kind: 'answered', at, stepId, round, answer: { kind: 'accepted' } }];
    case 'undo':
      return [{ kind: 'undo-answered', at, stepId, round, answer: { kind: 'undone' } }];
    case 'cancel-submit':
    case 'call-off':
      return [];
  }
};
