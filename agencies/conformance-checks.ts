import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { isUnreasoned } from '../domain/matter/refusals.ts';
import { readResult } from '../domain/form/result-reading.ts';
import { isGranted, whyNotSay } from '../domain/case/answers.ts';
import { readJson } from '../domain/json.ts';
import { formatCallId, formatOurCallId } from './call-id.ts';
import { DecisionReply, formatRequestId, UndoneAnswer, type StepRequest } from './contract.ts';
import { stepPath } from './client.ts';
import type { CallbackListener } from './conformance-listener.ts';
import type { Call, Exchange } from './transport.ts';

export interface CheckVerdict {
  verdict: 'passed' | 'failed' | 'skipped';
  /** The fault, or the reason why the check does not apply: statuses and names of fields. */
  detail?: string;
}

interface CheckContext {
  sample: Pick<StepRequest, 'matter' | 'step' | 'form' | 'materials'>;
  waitMs: number;
  listener: CallbackListener;
  send(call: Call, signing?: { secrets?: string[]; clockShiftMs?: number }): Promise<Exchange>;
}

export interface Check {
  id: string;
  name: { zh: string; en: string };
  run: (context: CheckContext) => Promise<CheckVerdict>;
}

/** An unwanted second callback comes soon after the first. */
const AFTERMATH_MS = 1000;
const HOUR_MS = 3_600_000;

/** A secret that no agency has. */
const WRONG_SECRET = `whsec_${Buffer.alloc(32, 'wrong').toString('base64')}`;

export const CHECKS: readonly Check[] = [
  {
    id: 'submit-repeat',
    name: { zh: '重复提交同一请求，答复相同', en: 'The same request twice has the same answer' },
    run: async (context) => {
      const request = newRequest(context);
      const first = await submit(context, request);
      const again = await Promise.all([1, 2, 3].map(() => submit(context, request)));
      if (![200, 202].includes(statusOf(first)))
        return failCheck(`first ${describeAnswer(first)}, expected 200 or 202`);
      const odd = again.find((exchange) => ![200, 202, 409].includes(statusOf(exchange)));
      if (odd) return failCheck(`repeated ${describeAnswer(odd)}, expected 200, 202 or 409`);
      const decisions = [first, ...again].filter((exchange) => statusOf(exchange) === 200).map(decisionOf);
      if (decisions.includes(undefined)) return failCheck('200 without a readable decision');
      const fault = findFault(context, decisions[0]);
      if (fault !== undefined) return failCheck(fault);
      return decisions.every((decision) => isDeepStrictEqual(decision, decisions[0]))
        ? PASSED
        : failCheck('two answers to one request differ: it had two effects');
    },
  },
  {
    id: 'signature-wrong',
    name: { zh: '签名错误的请求被拒绝且不生效', en: 'A wrong signature is refused and has no effect' },
    run: async (context) => {
      const request = newRequest(context);
      const exchange = await submit(context, request, { secrets: [WRONG_SECRET] });
      if (statusOf(exchange) !== 401) return failCheck(`${describeAnswer(exchange)}, expected 401`);
      return expectUnknown(context, request.requestId);
    },
  },
  {
    id: 'signature-elsewhere',
    name: {
      zh: '为其他调用生成的签名被拒绝且不生效',
      en: 'A signature of another call is refused and has no effect',
    },
    run: async (context) => {
      const [request, other] = [newRequest(context), newRequest(context)];
      await submit(context, request);
      const { requestId } = request;
      const stolen: Record<string, Call> = {
        'an enquiry with the id of another request': enquiryOf(requestId, formatOurCallId(other.requestId, 'enquiry')),
        'an enquiry with the id of an undo': enquiryOf(requestId, formatOurCallId(requestId, 'undo')),
        'an enquiry with the id of a call of an agency': enquiryOf(
          requestId,
          formatCallId('GET', '/agency/v1/tasks', randomUUID()),
        ),
        'an undo with the id of another request': undoOf(requestId, formatOurCallId(other.requestId, 'undo')),
        'an undo of another request than in its address': undoOf(requestId, undefined, other.requestId),
        'a request with the id of another one': post('/steps', formatOurCallId(requestId), JSON.stringify(other)),
      };
      for (const [what, call] of Object.entries(stolen)) {
        const exchange = await context.send(call);
        if (![400, 401, 422].includes(statusOf(exchange)))
          return failCheck(`${what}: ${describeAnswer(exchange)}, expected 401`);
      }
      return expectUnknown(context, other.requestId);
    },
  },
  {
    id: 'timestamp-outside',
    name: { zh: '时间戳过期或超前的请求被拒绝', en: 'A timestamp an hour off is refused' },
    run: async (context) => {
      for (const clockShiftMs of [-HOUR_MS, HOUR_MS]) {
        const exchange = await submit(context, newRequest(context), { clockShiftMs });
        if (statusOf(exchange) !== 401) return failCheck(`${describeAnswer(exchange)}, expected 401`);
      }
      return PASSED;
    },
  },
  {
    id: 'callback',
    name: {
      zh: '202 之后按时回调，签名正确且只有一个决定',
      en: 'After 202 a signed callback comes, with one decision',
    },
    run: async (context) => {
      const request = newRequest(context);
      const exchange = await submit(context, request);
      await submit(context, request);
      if (statusOf(exchange) === 200) return { verdict: 'skipped', detail: 'the agency decides at once' };
      if (statusOf(exchange) !== 202) return failCheck(`${describeAnswer(exchange)}, expected 200 or 202`);
      return awaitCallback(context, request);
    },
  },
  {
    id: 'unknown-fields',
    name: { zh: '忽略不认识的字段', en: 'Unknown fields are ignored' },
    run: async (context) => {
      const request = newRequest(context);
      const extended = { ...request, futureField: { added: ['later'] }, step: { ...request.step, futureField: 1 } };
      const exchange = await submit(context, extended);
      return [200, 202].includes(statusOf(exchange))
        ? PASSED
        : failCheck(`${describeAnswer(exchange)}, expected 200 or 202`);
    },
  },
  {
    id: 'malformed',
    name: { zh: '格式错误的请求答复 400 或 422', en: 'A malformed request is answered 400 or 422' },
    run: async (context) => {
      const { requestId } = newRequest(context);
      for (const body of ['{"requestId":', '[]', JSON.stringify({ requestId })]) {
        const exchange = await context.send(post('/steps', formatOurCallId(requestId), body));
        if (![400, 422].includes(statusOf(exchange)))
          return failCheck(`${describeAnswer(exchange)}, expected 400 or 422`);
      }
      return PASSED;
    },
  },
  {
    id: 'enquiry',
    name: {
      zh: '查询：已知请求 200 或 202，未知请求 404',
      en: 'Enquiry: 200 or 202 for a known request, 404 for an unknown one',
    },
    run: async (context) => {
      const request = newRequest(context);
      await submit(context, request);
      const known = await enquire(context, request.requestId);
      if (![200, 202].includes(statusOf(known)))
        return failCheck(`known ${describeAnswer(known)}, expected 200 or 202`);
      if (statusOf(known) !== 200) return expectUnknown(context, newRequest(context).requestId);
      const decision = decisionOf(known);
      if (!decision) return failCheck('200 without a readable decision');
      const fault = findFault(context, decision);
      if (fault !== undefined) return failCheck(fault);
      return expectUnknown(context, newRequest(context).requestId);
    },
  },
  {
    id: 'undo-repeat',
    name: { zh: '重复撤销，答复相同', en: 'The same undo twice has the same answer' },
    run: async (context) => {
      const request = newRequest(context);
      await submit(context, request);
      const first = await undo(context, request.requestId);
      const second = await undo(context, request.requestId);
      if (![200, 409].includes(statusOf(first))) return failCheck(`${describeAnswer(first)}, expected 200 or 409`);
      if (statusOf(first) === 200 && !isUndone(first)) return failCheck('200 without { undone: true }');
      return statusOf(second) === statusOf(first)
        ? PASSED
        : failCheck(`first ${describeAnswer(first)}, then ${describeAnswer(second)}`);
    },
  },
  {
    id: 'undo-before-submit',
    name: {
      zh: '先到的撤销被记住，后到的提交答复 410',
      en: 'An undo that comes first is remembered: the request gets 410',
    },
    run: async (context) => {
      const request = newRequest(context);
      const undone = await undo(context, request.requestId);
      if (statusOf(undone) !== 200) return failCheck(`undo ${describeAnswer(undone)}, expected 200`);
      const exchange = await submit(context, request);
      return statusOf(exchange) === 410 ? PASSED : failCheck(`submit ${describeAnswer(exchange)}, expected 410`);
    },
  },
];

/** What makes a decision count for nothing; undefined: it counts. Grounds cannot be judged here. */
function findFault({ sample }: Pick<CheckContext, 'sample'>, decision: DecisionReply | undefined): string | undefined {
  if (!decision) return undefined;
  const { kind } = sample.step;
  if (whyNotSay({ kind, isIntake: false }, 'agency', decision.decision)) {
    return `a decision that a system cannot give about a step of the kind ${kind}`;
  }
  if (isUnreasoned({ refusals: [] }, { ...decision, ground: undefined })) return 'a refusal without a reason';
  if (!isGranted(decision.decision)) return undefined;
  const { problems } = readResult({ kind, output: undefined }, decision.result, { now: Date.now() });
  return problems.length > 0 ? 'a payment without amount, paidOn and receiptNo' : undefined;
}

const PASSED: CheckVerdict = { verdict: 'passed' };

const failCheck = (detail: string): CheckVerdict => ({ verdict: 'failed', detail });

function newRequest({ sample, listener }: CheckContext): StepRequest {
  const caseId = randomUUID();
  const requestId = formatRequestId({ caseId, stepId: sample.step.id, round: 1 });
  return {
    ...sample,
    requestId,
    caseId,
    caseNo: '33990020250101000017',
    round: 1,
    callbackUrl: `${listener.url}/agency/v1/tasks/${requestId}/decision`,
  };
}

const post = (path: string, id: string, body: string): Call => ({ method: 'POST', path, id, body: Buffer.from(body) });

const submit = (context: CheckContext, request: StepRequest, signing?: Parameters<CheckContext['send']>[1]) =>
  context.send(post('/steps', formatOurCallId(request.requestId), JSON.stringify(request)), signing);

/** `about`: the request in the body, if it is not that of the address. */
const undoOf = (requestId: string, id = formatOurCallId(requestId, 'undo'), about = requestId): Call =>
  post(`${stepPath(requestId)}/undo`, id, JSON.stringify({ requestId: about, class: 'withdraw' }));

const enquiryOf = (requestId: string, id = formatOurCallId(requestId, 'enquiry')): Call => ({
  ...{ method: 'GET', path: stepPath(requestId), id },
  body: Buffer.alloc(0),
});

const undo = (context: CheckContext, requestId: string) => context.send(undoOf(requestId));

const enquire = (context: CheckContext, requestId: string) => context.send(enquiryOf(requestId));

async function expectUnknown(context: CheckContext, requestId: string): Promise<CheckVerdict> {
  const exchange = await enquire(context, requestId);
  return statusOf(exchange) === 404 ? PASSED : failCheck(`enquiry ${describeAnswer(exchange)}, expected 404`);
}

async function awaitCallback({ sample, listener, waitMs }: CheckContext, request: StepRequest): Promise<CheckVerdict> {
  const path = new URL(request.callbackUrl).pathname;
  try {
    await listener.waitFor(path, waitMs);
  } catch {
    return failCheck(`no callback within ${waitMs} ms`);
  }
  await delay(AFTERMATH_MS);
  const callbacks = listener.listReceived(path);
  for (const { verdict, agency, messageId, raw } of callbacks) {
    if (verdict !== 'ok') return failCheck(`the callback's signature: ${verdict}`);
    if (!agency) return failCheck('x-one-matter-agency is missing');
    const decision = parse(DecisionReply, raw);
    if (!decision) return failCheck('the callback has no readable decision');
    const fault = findFault({ sample }, decision);
    if (fault !== undefined) return failCheck(fault);
    if (decision.messageId !== messageId) return failCheck('webhook-id is not the messageId');
    if (decision.requestId !== request.requestId) return failCheck('requestId is not that of the request');
  }
  const contents = callbacks.map(({ raw }) => ({ ...parse(DecisionReply, raw), messageId: '' }));
  return contents.every((content) => isDeepStrictEqual(content, contents[0]))
    ? PASSED
    : failCheck('two callbacks with different decisions: the repeated request had two effects');
}

/** The status, 0 when the agency was not reached. */
const statusOf = (exchange: Exchange): number => ('status' in exchange ? exchange.status : 0);

const describeAnswer = (exchange: Exchange): string =>
  exchange.kind === 'unreached'
    ? exchange.cause
    : exchange.kind === 'forbidden'
      ? exchange.fault
      : String(exchange.status);

const decisionOf = (exchange: Exchange): DecisionReply | undefined =>
  exchange.kind === 'answered' ? parse(DecisionReply, exchange.raw) : undefined;

const isUndone = (exchange: Exchange): boolean =>
  exchange.kind === 'answered' && parse(UndoneAnswer, exchange.raw) !== undefined;

function parse<T>(schema: { safeParse(value: unknown): { success: boolean; data?: T } }, raw: Buffer): T | undefined {
  const json = readJson(raw, 1);
  return json.kind === 'read' && json.losses.length === 0 ? schema.safeParse(json.value).data : undefined;
}
