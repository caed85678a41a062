import { formatRequestId, type DecisionReply, type EffectKey } from '../agencies/contract.ts';
import { storedMessageId } from '../db/messages/callers-ids.ts';
import { canonical } from '../db/sql/canonical.ts';
import type { Sealer } from '../db/sql/sealing.ts';
import type { Actor } from '../domain/case/messages.ts';
import { storedId } from '../domain/message-ids.ts';

/** 64 bits, for the answers to one request. */
const HASH_LENGTH = 16;

/**
 * The ids under which an agency's answer is kept: the first, or the second if the first is used for
 * another content. The first is the agency's own id if it gave one; the second is made of request
 * and content. The same answer is therefore one message, however often and by whichever way it
 * comes, and two answers with one id are two messages.
 */
export const replyIds = (cipher: Sealer, by: Actor, key: EffectKey, answer: DecisionReply): [string, string] => {
  const ofContent = contentId(cipher, by, key, answer);
  const { messageId } = answer;
  return [messageId === undefined ? ofContent : storedMessageId(cipher, key.caseId, by, messageId), ofContent];
};

/** An id that is made of request and content. The hash is keyed, because texts can be guessed. */
const contentId = (
  cipher: Sealer,
  by: Actor,
  key: EffectKey,
  { messageId: _own, requestId: _repeated, ...words }: DecisionReply,
): string => {
  const hash = cipher.hash('reply', canonical(words)).toString('hex').slice(0, HASH_LENGTH);
  return storedId(by, `reply:${formatRequestId(key)}:${hash}`);
};
