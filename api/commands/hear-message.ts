import { readCaseState } from '../../db/cases/case-state.ts';
import { lockCase } from '../../db/cases/cases.ts';
import { readHeard, type PutMessage } from '../../db/messages/inbox.ts';
import { inTransaction, type Db } from '../../db/sql/pool.ts';
import type { Message } from '../../domain/case/messages.ts';
import { hear, mustJudge, WITHOUT_EFFECT_RETRY_S } from '../../domain/case/without-effect.ts';
import type { Hint } from '../../exchange/keep-answer.ts';
import type { Deps } from '../deps.ts';
import { problem } from '../http/problems.ts';

/**
 * Records a message that may change nothing. `put` gets the hint with which it records; if that
 * contains an outcome, the message has it at once and is not dispatched. The case is locked
 * meanwhile, so its record does not change. Throws `TOO_MANY_WITHOUT_EFFECT`.
 */
export const recordHeard = (
  deps: Deps,
  caseId: string,
  put: (client: Db, hear: (message: Message) => Promise<Hint>) => Promise<PutMessage>,
): Promise<PutMessage> =>
  inTransaction(deps.pool, async (client) => {
    let given: Hint = {};
    const recorded = await put(client, async (message) => {
      given = await hearMessage(client, caseId, message, deps.now());
      return given;
    });
    return recorded.kind === 'new' && given.settled ? { ...recorded, outcome: given.settled } : recorded;
  });

/**
 * What the record of a case says about a message before it is recorded. `client` is in a
 * transaction; the case stays locked until its end. Throws `TOO_MANY_WITHOUT_EFFECT`.
 */
export const hearMessage = async (client: Db, caseId: string, message: Message, at: number): Promise<Hint> => {
  const found = await lockCase(client, caseId);
  const stepId = 'stepId' in message ? message.stepId : undefined;
  const { step, ...heard } = await readHeard(client, { caseId, stepId, messageId: message.id, by: message.by });
  if (!mustJudge({ status: found.status, step }, message, heard)) return {};
  const { state } = await readCaseState(client, found);
  const hearing = hear(state, message, heard, at);
  switch (hearing.kind) {
    case 'dispatch':
      return {};
    case 'settle':
      // The texts of a repeated message are kept with the first one.
      return { settled: hearing.outcome, ...(hearing.outcome.kind === 'repeated' && { discarded: true }) };
    case 'discard':
      return { settled: { ...hearing.outcome, code: 'REVIEW_QUEUE_FULL' }, discarded: true };
    case 'too-many':
      throw problem('TOO_MANY_WITHOUT_EFFECT', { retryAfterS: WITHOUT_EFFECT_RETRY_S });
  }
};
