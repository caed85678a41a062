import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { takeDues } from '../../db/cases/dues.ts';
import { putOwnMessage } from '../../db/messages/own-messages.ts';
import type { Cipher } from '../../db/sql/sealing.ts';
import { inTransaction } from '../../db/sql/pool.ts';
import { systemActor } from '../../domain/case/system-actors.ts';
import { storedId } from '../../domain/message-ids.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';

const POLL_MS = 1_000;
const AT_ONCE = 100;
const BY = systemActor('due-instants');

/**
 * Tells cases that an instant for which they wait has come. A query finds the instants, so a case
 * needs no timer: an instant that moves (a pause, a new calendar) is a changed row. Any number can
 * run side by side; the case itself decides whether it still waits.
 */
export const startDueInstants = ({ db, cipher, log }: { db: Pool; cipher: Cipher; log: Logger }): Loop =>
  startLoop(
    async () => {
      const count = await inTransaction(db, async (client) => {
        const dues = await takeDues(client, AT_ONCE);
        for (const { caseId, key, ledgerSeq } of dues) {
          // A case can stop waiting for an instant and wait for it again later: then it gets another
          // message.
          const id = storedId(BY, `${key}:${ledgerSeq}`);
          const message = { kind: 'due', id, key, by: BY } as const;
          await putOwnMessage(client, { cipher, log }, { caseId, messageId: id, source: 'system', message });
        }
        return dues.length;
      });
      return count === AT_ONCE ? 'more' : 'idle';
    },
    { everyMs: POLL_MS, onError: (error) => log.warn({ err: error }, 'dispatching due instants failed, will retry') },
  );
