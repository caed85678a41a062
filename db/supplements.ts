import type { Db } from './pool.ts';

/**
 * Whether a supplement still waits for its first answer, given that of `messageId` is not counted. Locks the case, so that of two
 * answers at once the second sees the first; `client` must be inside a transaction.
 */
export const isAnswerOpen = async (
  client: Db,
  { caseId, supplementId, messageId }: { caseId: string; supplementId: string; messageId: string },
): Promise<boolean> => {
  await client.query('select from cases where id = $1 for update', [caseId]);
  const { rowCount } = await client.query(
    `select from supplements where case_id = $1 and id = $2 and answered_at is null and not exists (
      select from inbox where inbox.case_id = $1 and message_id <> $3 and message->>'supplementId' = $2
        and (outcome is null or outcome->>'kind' <> 'refused'))`,
    [caseId, supplementId, messageId],
  );
  return rowCount === 1;
};
