import type { Logger } from 'pino';
import type { Sealer } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';
import { putMessage, type NewMessage } from './inbox.ts';

/** What is needed to record a message of this system. */
export interface OwnMessageDependencies {
  cipher: Sealer;
  log: Pick<Logger, 'error'>;
}

/**
 * Records a message of this system, in the caller's transaction. False: a different message has its
 * id, so it is not recorded. No caller can choose such an id (`storedId`): it is a fault of ours.
 */
export const putOwnMessage = async (
  client: Db,
  { cipher, log }: OwnMessageDependencies,
  message: NewMessage,
): Promise<boolean> => {
  const put = await putMessage(client, cipher, message);
  if (put.kind === 'different') await reportConflict(client, log, message);
  return put.kind !== 'different';
};

/** Logs a conflict once, and keeps it: the watcher reports it as a stall until the case ends. */
export const reportConflict = async (
  client: Db,
  log: Pick<Logger, 'error'>,
  { caseId, messageId }: { caseId: string; messageId: string },
): Promise<void> => {
  const { rowCount } = await client.query(
    'insert into message_conflicts (case_id, message_id) values ($1, $2) on conflict do nothing',
    [caseId, messageId],
  );
  if (rowCount === 1) log.error({ caseId, messageId }, 'a message of the system has the id of a different one');
};
