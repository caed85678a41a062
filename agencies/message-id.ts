import { createHash } from 'node:crypto';
import { formatRequestId, type DecisionReply, type EffectKey } from './contract.ts';

/**
 * The id under which the inbox keeps a message: the sender's id within a space of the sender, so
 * that two agencies that both number from 1 do not collide in one case.
 */
export const inboxId = (from: string, messageId: string): string => `${from}:${messageId}`;

/**
 * The ids under which an agency's answer is kept: the first, or the second if the first is used for
 * another content. The first is the agency's own id if it gave one; the second is made of request
 * and content. The same answer is therefore one message, however often and by whichever way it
 * comes, and two answers with one id are two messages.
 */
export const replyIds = (agency: string, key: EffectKey, answer: DecisionReply): [string, string] => {
  const ofContent = contentId(agency, key, answer);
  return [answer.messageId === undefined ? ofContent : inboxId(agency, answer.messageId), ofContent];
};

/** An id that is made of request and content. */
const contentId = (agency: string, key: EffectKey, { messageId: _own, ...words }: DecisionReply): string => {
  const digest = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 16);
  return inboxId(agency, `reply:${formatRequestId(key)}:${digest}`);
};
