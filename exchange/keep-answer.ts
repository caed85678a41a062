import { countItems, type DecisionReply, type EffectKey } from '../agencies/contract.ts';
import { countKept, digestOf, putMessage, type NewMessage, type PutMessage } from '../db/messages/inbox.ts';
import type { Sealer } from '../db/sql/sealing.ts';
import type { Db } from '../db/sql/pool.ts';
import { replyIds } from './reply-ids.ts';
import type { Actor, Digest, Lack, Message } from '../domain/case/messages.ts';
import { MOST_KEPT_ANSWERS } from '../domain/case/without-effect.ts';

/**
 * A decision of an agency: of its system, of one of its officers, or of the rules by which it
 * approves.
 */
export interface AgencyAnswer {
  /** The request that it answers. */
  key: EffectKey;
  /**
   * The way it came. The case gets `reply` and `rules` as the answer of the call, so they are not
   * dispatched. The sender of `callback` and `officer` waits for the outcome of the message.
   */
  source: 'reply' | 'rules' | 'enquiry' | 'callback' | 'officer';
  by: Actor;
  /** The decision as it was sent, with the sender's id, if any. */
  said: DecisionReply;
  /** What a system does not say although it must. The API refuses such a decision of an officer. */
  lacks?: Lack | undefined;
}

/** What a case is told of an answer besides the decision. */
interface AnswerIdentity {
  messageId: string;
  digest?: Digest;
}

/** What is known of a message before it is recorded. */
export type Hint = Pick<NewMessage, 'settled' | 'discarded'>;

/**
 * Makes an answer a message of the inbox, once: a repetition by any way is the same message. Its id
 * is the sender's, or one that is made of request and content. If that id was used for another
 * content, the sender of `callback` and `officer` gets `different`, and the answer is kept as
 * refused for the review queue, if that has room; answers from `reply`, `rules` and `enquiry` count
 * under the id that is made of the content.
 */
export const keepAnswer = async (
  db: Db,
  cipher: Sealer,
  answer: AgencyAnswer,
  hint: (message: Message) => Promise<Hint> = () => Promise.resolve({}),
): Promise<PutMessage & AnswerIdentity> => {
  const { key, source, by, said } = answer;
  const [messageId, ofContent] = replyIds(cipher, by, key, said);
  const message = messageOf(answer, messageId, SETTLED[source]);
  const digest = digestOf(cipher, key.caseId, message.body);
  const put = await putMessage(db, cipher, { ...message, ...(await hint({ ...message.message, ...digest })) });
  if (put.kind !== 'different') return { ...put, messageId, ...digest };

  const isAwaited = source === 'callback' || source === 'officer';
  if (isAwaited && (await countKept(db, key)) >= MOST_KEPT_ANSWERS) return { ...put, messageId, ...digest };
  const again = await putMessage(db, cipher, messageOf(answer, ofContent, isAwaited ? REUSED : SETTLED[source]));
  if (isAwaited) return { ...put, messageId, ...digest };
  if (again.kind === 'different') throw new Error('an id made of the content is taken by another content');
  return { ...again, messageId: ofContent, ...digest };
};

type FirstOutcome = NewMessage['settled'];

const REUSED: FirstOutcome = { kind: 'refused', code: 'MESSAGE_ID_REUSED' };

/**
 * The outcome of an answer that is known when it is kept; undefined: it is dispatched to its case.
 */
const SETTLED: Readonly<Record<AgencyAnswer['source'], FirstOutcome>> = {
  reply: { kind: 'applied' },
  rules: { kind: 'applied' },
  enquiry: undefined,
  callback: undefined,
  officer: undefined,
};

/** The case gets the decision and the number of missing things; the texts stay in the inbox. */
const messageOf = ({ key, source, by, said, lacks }: AgencyAnswer, id: string, settled: FirstOutcome): NewMessage => {
  const { messageId: _own, requestId: _repeated, decision, ...words } = said;
  const { caseId, stepId, round } = key;
  return {
    caseId,
    messageId: id,
    stepId,
    round,
    source,
    message: { kind: 'decision', id, stepId, round, decision, ...countItems(said), ...(lacks && { lacks }), by },
    body: words,
    ...(settled && { settled }),
  };
};
