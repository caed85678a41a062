import { countItems, type DecisionReply, type EffectKey } from '../agencies/contract.ts';
import { countKept, digestOf, putMessage, type NewMessage, type PutMessage } from '../db/messages/inbox.ts';
import type { Sealer } from '../db/sql/sealing.ts';
import type { Db } from '../db/sql/pool.ts';
import { replyIds } from './reply-ids.ts';
import type { Actor, Message, StepAnswer } from '../domain/case/messages.ts';
import type { Step } from '../domain/matter/schema.ts';
import { isUnreasoned } from '../domain/matter/refusals.ts';
import { judgeResult } from './step-results.ts';
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
  /** The definition of the step, with the result that it gives. */
  step: Step;
  /** When it came. */
  at: number;
}

/** What a case is told of an answer. */
interface KeptAnswer {
  messageId: string;
  told: Omit<Extract<StepAnswer, { kind: 'decided' }>, 'kind' | 'messageId'>;
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
): Promise<PutMessage & KeptAnswer> => {
  const { key, source, by, said } = answer;
  const [messageId, ofContent] = replyIds(cipher, by, key, said);
  const about = tellAbout(cipher, answer);
  const message = messageOf(answer, about, messageId, SETTLED[source]);
  const digest = digestOf(cipher, key.caseId, message.body);
  const put = await putMessage(db, cipher, { ...message, ...(await hint({ ...message.message, ...digest })) });
  const told = { ...about, ...digest };
  if (put.kind !== 'different') return { ...put, messageId, told };

  const isAwaited = source === 'callback' || source === 'officer';
  if (isAwaited && (await countKept(db, key)) >= MOST_KEPT_ANSWERS) return { ...put, messageId, told };
  const again = await putMessage(db, cipher, messageOf(answer, about, ofContent, isAwaited ? REUSED : SETTLED[source]));
  if (isAwaited) return { ...put, messageId, told };
  if (again.kind === 'different') throw new Error('an id made of the content is taken by another content');
  return { ...again, messageId: ofContent, told };
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

type About = Omit<KeptAnswer['told'], 'digest'>;

/** The API refuses an officer's decision that does not say what it must; that of a system is kept. */
const tellAbout = (cipher: Sealer, { key, said, step, at }: AgencyAnswer): About => ({
  decision: said.decision,
  ...countItems(said),
  ...(isUnreasoned(step, said) && { unreasoned: true }),
  ...judgeResult(cipher, { caseId: key.caseId, step }, said, { now: at }),
});

/**
 * The case gets the decision, the number of missing things and the digest of the result; the texts
 * and values stay in the inbox.
 */
const messageOf = (
  { key, source, by, said }: AgencyAnswer,
  about: About,
  id: string,
  settled: FirstOutcome,
): NewMessage => {
  const { messageId: _own, requestId: _repeated, decision: _told, ...words } = said;
  const { caseId, stepId, round } = key;
  return {
    caseId,
    messageId: id,
    stepId,
    round,
    source,
    message: { kind: 'decision', id, stepId, round, ...about, by },
    body: words,
    ...(settled && { settled }),
  };
};
