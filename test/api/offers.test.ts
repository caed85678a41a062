import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { CaseView } from '../../contract/cases.ts';
import { ReviewQueue } from '../../contract/review-queue.ts';
import { OrderView } from '../../contract/supervision-orders.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { allowedOf } from '../../domain/actions.ts';
import { openApi, type Answer, type Api } from './harness.ts';

/**
 * Every allowed action succeeds when it is tried; every other one is refused with the code shown.
 */

let api: Api;
let second: string;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  second = await createToken(api.pool, api.cipher, { role: 'supervisor', account: 'supervisor-3', region: '3304' });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

type Offers = readonly { action: string; allowed: boolean; because?: { code: string } | undefined }[];
type ActionCall = (action: string) => Promise<Answer>;

const summarise = ({ status, body }: Answer): string => (status < 300 ? 'done' : body.code);
const predict = ({ allowed, because }: Offers[number]): string => (allowed ? 'done' : because!.code);

/** Tries the refused actions on one thing, and each allowed action on a new thing. */
const tryAll = async <T>(build: () => Promise<T>, read: (built: T) => Promise<[Offers, ActionCall]>): Promise<void> => {
  const [offers, attempt] = await read(await build());
  const refused = offers.filter(({ allowed }) => !allowed);
  for (const offer of refused) expect(summarise(await attempt(offer.action)), offer.action).toBe(predict(offer));
  const possible = allowedOf(offers).map(async (action) => {
    const [again, attemptNow] = await read(await build());
    expect(allowedOf(again), 'the same are offered of another one').toContain(action);
    expect(summarise(await attemptNow(action)), action).toBe('done');
  });
  await Promise.all(possible);
};

const post = (path: string, token: string, body: Record<string, unknown>): Promise<Answer> =>
  api.call('POST', path, { token, headers: { 'idempotency-key': uuidv7() }, body });
const succeed = async (answer: Promise<Answer>): Promise<Answer> => {
  const { status, body } = await answer;
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return answer;
};
const callBack = (caseId: string, stepId: string, agency: string, body: Record<string, unknown>) =>
  api.call('POST', `/agency/v1/tasks/${caseId}:${stepId}:1/decision`, {
    agency,
    body: { messageId: uuidv7(), ...body },
  });
const view = async (caseId: string, token: string): Promise<CaseView> =>
  CaseView.parse((await api.call('GET', `/api/v1/cases/${caseId}`, { token })).body);

const onCase =
  (caseId: string, token: string): ActionCall =>
  (action) => {
    const path = `/api/v1/cases/${caseId}`;
    switch (action) {
      case 'withdraw':
        return post(`${path}/withdrawal`, token, { reason: '不办了' });
      case 'terminate':
        return post(`${path}/termination`, token, { reason: '无法继续' });
      case 'request-supplement':
        return post(`${path}/supplements`, token, { items: [{ field: 'applicant.name', reason: '有误' }] });
      case 'fill-gap':
        return post(`${path}/pledge/materials`, token, { materials: [{ id: 'photo' }] });
      default:
        return post(`${path}/corrections`, token, { changes: { note: uuidv7() }, reason: '更正' });
    }
  };

const MORE: Record<string, Record<string, unknown>> = {
  decide: { decision: 'approved', evidence: [{ reference: '函' }] },
  extend: { days: 1 },
  suspend: { procedure: 'hearing', expectedDays: 5 },
  reassign: { agency: 'utilities' },
  'settle-undo': { result: 'stands' },
};

const actOnStep = ({ caseId, notices, steps }: CaseView, stepId: string, token: string): ActionCall => {
  const { noticeId } = steps.find(({ id }) => id === stepId)!;
  const asked = notices.find(({ id }) => id === noticeId)?.items.filter(({ step }) => step === stepId) ?? [];
  return (action) => {
    const path = `/api/v1/cases/${caseId}/steps/${stepId}`;
    switch (action) {
      case 'answer-supplement': {
        const items = asked.map(({ id }) => id);
        const answer = `/api/v1/cases/${caseId}/supplements/${noticeId ?? '99'}/answer`;
        return post(answer, token, items.length > 0 ? { items, nothingFurther: items } : {});
      }
      case 'order':
        return post(`${path}/supervision-orders`, token, { reason: '三日无回应' });
      default:
        return post(`${path}/${action}`, token, { reason: '经核实', ...MORE[action] });
    }
  };
};

const ADDRESSES: Record<string, string> = { decide: 'decision', suspend: 'suspension', resume: 'resumption' };

const onTask =
  (caseId: string, stepId: string, round: number, token: string): ActionCall =>
  (action) => {
    const body = action === 'decide' ? { decision: 'approved' } : { reason: '经核实', ...MORE[action] };
    return post(`/agency/v1/tasks/${caseId}:${stepId}:${round}/${ADDRESSES[action]!}`, token, body);
  };

const startCase = async () => (await api.start()).caseId;
const approveCase = async (): Promise<string> => {
  const caseId = await startCase();
  await succeed(callBack(caseId, 'register', 'police', { decision: 'approved' }));
  return caseId;
};
const notifyApplicant = (caseId: string) =>
  succeed(post(`/agency/v1/tasks/${caseId}:notify:1/decision`, api.tokens.post, { decision: 'approved' }));

/** The ways to bring a case into each state. */
const CASES: Record<string, () => Promise<string>> = {
  'has begun': startCase,
  'waits for a supplement': async () => {
    const caseId = await startCase();
    const supplements = [{ field: 'applicant.name', reason: '有误' }];
    await succeed(callBack(caseId, 'register', 'police', { decision: 'supplement', supplements }));
    return caseId;
  },
  'has a step with a paused clock': async () => {
    const caseId = await startCase();
    await succeed(actOnStep(await view(caseId, api.tokens.supervisor), 'register', api.tokens.supervisor)('suspend'));
    return caseId;
  },
  'has a step with an order in progress': async () => {
    const caseId = await startCase();
    await succeed(actOnStep(await view(caseId, api.tokens.supervisor), 'register', api.tokens.supervisor)('order'));
    return caseId;
  },
  'has a task that another officer took': async () => {
    const caseId = await startCase();
    await succeed(post(`/agency/v1/tasks/${caseId}:register:1/claim`, api.tokens.policeTwo, {}));
    return caseId;
  },
  'has a task that was given to another officer': async () => {
    const caseId = await startCase();
    const given = { officer: 'police-2', reason: '专人办理' };
    await succeed(post(`/api/v1/cases/${caseId}/steps/register/reassign`, api.tokens.supervisor, given));
    return caseId;
  },
  'has a step that is decided': approveCase,
  'is completed': async () => {
    const caseId = await approveCase();
    await notifyApplicant(caseId);
    await succeed(callBack(caseId, 'meter', 'utilities', { decision: 'approved' }));
    return caseId;
  },
  'is completed in part': async () => {
    const caseId = await startCase();
    await notifyApplicant(caseId);
    await succeed(callBack(caseId, 'register', 'police', { decision: 'refused', reason: '不符合条件' }));
    return caseId;
  },
  'was withdrawn': async () => {
    const caseId = await startCase();
    await succeed(onCase(caseId, api.tokens.clerk)('withdraw'));
    return caseId;
  },
  'was terminated': async () => {
    const caseId = await approveCase();
    await succeed(onCase(caseId, api.tokens.supervisor)('terminate'));
    return caseId;
  },
};

describe.each(Object.entries(CASES))('a case that %s', (_state, build) => {
  it('is offered exactly the allowed actions', () =>
    tryAll(build, async (caseId) => {
      const { actions } = await view(caseId, api.tokens.supervisor);
      return [actions, onCase(caseId, api.tokens.supervisor)];
    }));

  it.each(['register', 'meter'])('has a step %s that is offered what it takes', (stepId) =>
    tryAll(build, async (caseId) => {
      const shownCase = await view(caseId, api.tokens.supervisor);
      const { actions } = shownCase.steps.find(({ id }) => id === stepId)!;
      return [actions, actOnStep(shownCase, stepId, api.tokens.supervisor)];
    }),
  );

  it('offers an officer exactly the actions that the worklist allows', () =>
    tryAll(build, async (caseId) => {
      const { steps } = await view(caseId, api.tokens.police);
      const { actions, round } = steps.find(({ id }) => id === 'register')!;
      return [actions, onTask(caseId, 'register', round, api.tokens.police)];
    }));
});

const giveOrder = async (change = ''): Promise<string> => {
  const caseId = await startCase();
  const order = await post(`/api/v1/cases/${caseId}/steps/register/supervision-orders`, api.tokens.supervisor, {
    reason: '三日无回应',
  });
  const { orderId } = OrderView.parse(order.body);
  if (change !== '') await api.pool.query(`update supervision_orders set ${change} where id = $1`, [orderId]);
  return orderId;
};
const actOn = (orderId: string, action: string, token: string) =>
  post(`/api/v1/supervision-orders/${orderId}/${action}`, token, { text: '说明' });
const giveAndAct = async (action: string, token: string, change?: string): Promise<string> => {
  const orderId = await giveOrder(change);
  await succeed(actOn(orderId, action, token));
  return orderId;
};

const OVERDUE = `due_at = now() - interval '1 minute'`;
const ORDERS: Record<string, () => Promise<string>> = {
  'is open': giveOrder,
  'is overdue': () => giveOrder(OVERDUE),
  'is in a circular': () => giveAndAct('circulate', second, OVERDUE),
  'is answered': () => giveAndAct('answer', api.tokens.police),
  'is contested': () => giveAndAct('contest', api.tokens.police),
  'is lifted': () => giveAndAct('lift', second),
};

describe.each(Object.entries(ORDERS))('a supervision order that %s', (_state, build) => {
  it.each(['supervisor', 'another supervisor', 'officer'])('offers a %s what it takes', (who) => {
    const token = { supervisor: api.tokens.supervisor, 'another supervisor': second, officer: api.tokens.police }[who]!;
    return tryAll(build, async (orderId) => {
      const { body } = await api.call('GET', `/api/v1/supervision-orders/${orderId}`, { token });
      return [OrderView.parse(body).actions, (action) => actOn(orderId, action, token)];
    });
  });
});

interface KeptAnswer {
  caseId: string;
  messageId: string;
}

const contradictAnswer = async (
  decision: Record<string, unknown> = { decision: 'refused', reason: '不符' },
): Promise<KeptAnswer> => {
  const caseId = await approveCase();
  const messageId = uuidv7();
  expect((await callBack(caseId, 'register', 'police', { ...decision, messageId })).status).toBe(409);
  return { caseId, messageId: `agency:police:${messageId}` };
};
const judge = ({ caseId, messageId }: KeptAnswer, verdict: string) =>
  post(`/api/v1/cases/${caseId}/review-queue/${encodeURIComponent(messageId)}`, api.tokens.supervisor, {
    verdict,
    reason: '经核实',
  });
const judgeNew = async (verdict: string, decision?: Record<string, unknown>): Promise<KeptAnswer> => {
  const kept = await contradictAnswer(decision);
  await succeed(judge(kept, verdict));
  return kept;
};

const WANTED = { decision: 'supplement', supplements: [{ field: 'applicant.name', reason: '有误' }] };
const ANSWERS: Record<string, () => Promise<KeptAnswer>> = {
  'contradicts the record': contradictAnswer,
  'asks for a supplement': () => contradictAnswer(WANTED),
  'asked for a supplement and was left beside the record': () => judgeNew('dismiss', WANTED),
  'was adopted': () => judgeNew('adopt'),
  'was left beside the record': () => judgeNew('dismiss'),
  'came after the withdrawal': async () => {
    const kept = await contradictAnswer();
    await succeed(onCase(kept.caseId, api.tokens.clerk)('withdraw'));
    return kept;
  },
};

describe.each(Object.entries(ANSWERS))('an answer that %s', (_state, build) => {
  it('is offered exactly the allowed verdicts', () =>
    tryAll(build, async (kept) => {
      const { body } = await api.call('GET', `/api/v1/cases/${kept.caseId}/review-queue`, {
        token: api.tokens.supervisor,
      });
      const answer = ReviewQueue.parse(body).answers.find(({ messageId }) => messageId === kept.messageId)!;
      return [answer.actions, (verdict) => judge(kept, verdict)];
    }));
});
