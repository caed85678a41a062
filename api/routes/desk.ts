import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import {
  dismissAnswer,
  findKeptAnswer,
  listDesk,
  lockAnswer,
  type DeskFilter,
  type KeptAnswer,
} from '../../db/desk.ts';
import { putMessage, type NewMessage } from '../../db/inbox.ts';
import { inTransaction, type Db } from '../../db/pool.ts';
import type { Actor } from '../../matters/engine/messages.ts';
import { CaseDeskQuery, DecideAnswer, DeskList, DeskQuery, KeptMessageId, type Verdict } from '../contracts/desk.ts';
import { Answered, CaseId, Recorded } from '../contract.ts';
import { deliver } from '../deliver.ts';
import type { Deps } from '../deps.ts';
import { actorOf } from '../identity.ts';
import { scopeOf, type Caller } from '../policy.ts';
import { problem } from '../problems.ts';
import { route, unscoped, type Reply, type Route } from '../route.ts';
import { deskActions, deskAnswer, whyNotVerdict } from '../views/desk.ts';
import { iso } from '../views/instants.ts';
import { caseScope } from './case-scope.ts';

/** Answers of agencies that are no part of the record: shown, and decided by a person. */
export const deskRoutes = (deps: Deps): Route[] => {
  const { pool, cipher, registry } = deps;

  const list = async (
    caller: Caller,
    filter: DeskFilter,
    { cursor, limit }: { cursor?: string | undefined; limit: number },
  ): Promise<Reply> => {
    const page = { limit, ...(cursor !== undefined && { cursor }) };
    const [{ rows, nextCursor }, agencies] = await Promise.all([
      listDesk(pool, cipher, filter, page),
      registry.agencies(),
    ]);
    const answers = rows.map(async (kept) => {
      const { matter } = await registry.matterOf(kept);
      return deskAnswer(kept, { matter, agencies, caller });
    });
    return {
      status: 200,
      body: { answers: await Promise.all(answers), ...(nextCursor !== undefined && { nextCursor }) },
    };
  };

  return [
    route({
      method: 'get',
      path: '/api/v1/desk',
      summary: 'List answers of agencies that did not count, newest first',
      tag: 'supervision',
      policy: { action: 'desk.list', find: unscoped },
      input: z.strictObject({ query: DeskQuery }),
      answers: { 200: { description: 'One page', schema: DeskList } },
      handler: ({ caller, input: { query } }) => {
        const { region = '' } = scopeOf(caller, 'desk.list');
        const { state, agency, ...page } = query;
        const only = { ...(state !== 'all' && { state }), ...(agency !== undefined && { agency }) };
        return list(caller, { region, ...only }, page);
      },
    }),

    route({
      method: 'get',
      path: '/api/v1/cases/{caseId}/desk',
      summary: 'List the answers of one case that did not count, in any state',
      tag: 'supervision',
      policy: { action: 'desk.list', find: caseScope(deps) },
      input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), query: CaseDeskQuery }),
      answers: { 200: { description: 'One page', schema: DeskList } },
      handler: ({ caller, found: { caseId }, input: { query } }) => list(caller, { region: '', caseId }, query),
    }),

    route({
      method: 'post',
      path: '/api/v1/cases/{caseId}/desk/{messageId}',
      summary: 'Adopt the answer as the decision of the step, or dismiss it',
      tag: 'supervision',
      policy: { action: 'desk.decide', find: caseScope(deps) },
      input: z.strictObject({
        params: z.strictObject({ caseId: CaseId, messageId: KeptMessageId }),
        body: DecideAnswer,
      }),
      answers: {
        200: { description: 'Done', schema: Answered },
        202: {
          description: 'Recorded, not carried out yet; it is done when the case is processed again',
          schema: Recorded,
        },
        409: { description: 'Already handled, still waiting for its step, or not allowed by the case' },
      },
      handler: async ({ caller, found, input: { params, body } }) => {
        const { caseId, messageId } = params;
        const by = actorOf(caller);
        const kept = await findKeptAnswer(pool, cipher, caseId, messageId);
        if (!kept) throw problem('NOT_FOUND');
        if (body.verdict === 'adopt') {
          const adoption = adoptionOf(kept, { by, reason: body.reason });
          return deliver(deps, caller, found, adoption, (recorded) =>
            decide(deps, kept, body.verdict, (client) => putMessage(client, cipher, recorded)),
          );
        }
        await decide(deps, kept, body.verdict, (client) =>
          dismissAnswer(client, cipher, { caseId, messageId, by, reason: body.reason }),
        );
        return { status: 200, body: { messageId, outcome: 'applied' } };
      },
    }),
  ];
};

/** Does what a person decided about an answer, if nobody else did meanwhile and it is possible. */
const decide = <T>(
  { pool, cipher }: Deps,
  { caseId, messageId }: KeptAnswer,
  verdict: Verdict,
  act: (client: Db) => Promise<T>,
): Promise<T> =>
  inTransaction(pool, async (client) => {
    await lockAnswer(client, caseId, messageId);
    const kept = await findKeptAnswer(client, cipher, caseId, messageId);
    if (kept?.settled) {
      throw problem('DESK_DECIDED', { more: { settled: { ...kept.settled, at: iso(kept.settled.at) } } });
    }
    if (!kept) throw problem('NOT_FOUND');
    const code = whyNotVerdict(kept, verdict);
    if (code) throw problem(code, { more: { allowed: deskActions(kept) } });
    return act(client);
  });

const Words = z.record(z.string(), z.unknown());

/** The message that makes an answer the decision: with the agency's words, and with why it was adopted. */
const adoptionOf = (kept: KeptAnswer, { by, reason }: { by: Actor; reason: string }): NewMessage => {
  const { caseId, messageId: adopts, stepId, round, decision, words } = kept;
  if (decision === 'supplement') throw problem('ACTION_NOT_ALLOWED', { more: { allowed: deskActions(kept) } });
  const id = uuidv7();
  const message = { kind: 'adoption', id, stepId, adopts, decision, by } as const;
  const body = { ...Words.catch({}).parse(words), because: reason };
  return { caseId, messageId: id, stepId, round, source: 'supervisor', message, body };
};
