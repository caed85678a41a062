import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { readBody } from '../../agencies/body.ts';
import { formatOurCallId } from '../../agencies/call-id.ts';
import { StepRequest, UndoRequest } from '../../agencies/contract.ts';
import { verify } from '../../agencies/signature.ts';
import { drawShare, type Behaviour, type Behaviours } from './behaviour.ts';
import type { CallLog } from './call-log.ts';
import type { Office, Reply } from './office.ts';
import { inventResult } from './declared-results.ts';
import { parseJson } from './http.ts';
import { chooseAsked } from './results.ts';

/** The part of a request that an agency reads; unknown fields are ignored. */
const { requestId, caseId, round, form, materials, resultFields, callbackUrl } = StepRequest.shape;
const Submitted = z.object({
  requestId,
  caseId,
  round,
  form,
  materials,
  resultFields,
  callbackUrl,
  step: z.object({ id: z.string(), kind: z.string() }),
});
const Undone = z.object(UndoRequest.shape);

/**
 * The agency's side of the protocol. Applies the behaviour and records every call. `cut`: the
 * connection is cut without an answer.
 */
export const createProtocol = (
  agency: { id: string; secret: string },
  office: Office,
  behaviours: Behaviours,
  log: CallLog,
): ((request: IncomingMessage, path: string[]) => Promise<Reply | 'cut'>) => {
  const meet = async (request: IncomingMessage, path: string[], callId: string): Promise<Reply | 'cut'> => {
    const behaviour = behaviours.meet(agency.id, callId);
    if (behaviour.mode === 'down') return 'cut';
    const raw = await readBody(request);
    if (!raw) return refuse(413, 'TOO_LARGE');
    const verdict = verify([agency.secret], request.headers, raw, Date.now());
    if (verdict !== 'ok') return refuse(401, verdict);
    if (behaviour.mode === 'error') return askLater(503, 'UNAVAILABLE', behaviour);
    if (behaviour.mode === 'busy') return askLater(429, 'TOO_MANY', behaviour);
    if (behaviour.mode === 'garbage') return createGarbage(callId);
    const reply = await perform(office, `${request.method ?? ''} ${path.join('/')}`, callId, raw, behaviour);
    if (behaviour.mode === 'lost-reply' && reply.fresh) return 'cut';
    const delayMs = replyDelayMs(behaviour);
    if (delayMs > 0) await delay(delayMs);
    return reply;
  };

  return async (request, path) => {
    const callId = request.headers['webhook-id'];
    if (typeof callId !== 'string') return refuse(401, 'SIGNATURE_MISSING');
    const answered = log.begin(callId);
    let reply: Reply | 'cut' = 'cut';
    try {
      reply = await meet(request, path, callId);
      return reply;
    } finally {
      answered(reply === 'cut' ? reply : reply.status);
    }
  };
};

async function perform(
  office: Office,
  call: string,
  callId: string,
  raw: Buffer,
  behaviour: Behaviour,
): Promise<Reply> {
  const [, method, id, undo] = /^(GET|POST) steps(?:\/([^/]+)(\/undo)?)?$/.exec(call) ?? [];
  if (method === 'GET' && id !== undefined && undo === undefined) {
    return callId === formatOurCallId(id, 'enquiry') ? office.enquire(id) : NOT_FOR_CALL;
  }
  if (method === 'POST' && id === undefined) return submit(office, callId, raw, behaviour);
  if (method === 'POST' && undo !== undefined) {
    const body = Undone.safeParse(parseJson(raw));
    if (!body.success) return refuse(422, 'WRONG_SHAPE');
    if (body.data.requestId !== id || callId !== formatOurCallId(id, 'undo')) return NOT_FOR_CALL;
    return office.undo(id, behaviour);
  }
  return refuse(404, 'NOT_FOUND');
}

async function submit(office: Office, callId: string, raw: Buffer, behaviour: Behaviour): Promise<Reply> {
  if (behaviour.mode === 'reject') return refuse(422, 'FORM_INCOMPLETE');
  const json = parseJson(raw);
  if (json === undefined) return refuse(400, 'NOT_JSON');
  const body = Submitted.safeParse(json);
  if (!body.success) return refuse(422, 'WRONG_SHAPE');
  if (callId !== formatOurCallId(body.data.requestId)) return NOT_FOR_CALL;
  const { step, form: shown, materials: handedIn, resultFields: fields, ...rest } = body.data;
  const gives = inventResult({ requestId: rest.requestId, form: shown, resultFields: fields });
  return office.submit({ ...rest, stepKind: step.kind, asked: chooseAsked(shown, handedIn), gives }, behaviour);
}

const refuse = (status: number, code: string): Reply => ({ status, body: { code } });

/** The signature is right and was made for another call. */
const NOT_FOR_CALL = refuse(401, 'SIGNATURE_NOT_FOR_CALL');

/** A refusal with `Retry-After`: the caller repeats the call after `delayMs`. */
const askLater = (status: number, code: string, { delayMs = 1000 }: Behaviour): Reply => ({
  status,
  headers: { 'retry-after': String(Math.ceil(delayMs / 1000)) },
  body: { code },
});

/** The delay before a complete answer is sent. */
const replyDelayMs = ({ mode, delayMs }: Behaviour): number =>
  mode === 'slow' ? (delayMs ?? 5000) : mode === 'decide' ? (delayMs ?? 0) : 0;

const NONSENSE: readonly string[] = [
  '{"status":"OK"}',
  '{"decision":"maybe"}',
  '{"decision":"approved",',
  '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>',
];

/** 200 with an invalid answer, chosen by the call. */
const createGarbage = (callId: string): Reply => ({
  status: 200,
  body: NONSENSE[Math.floor(drawShare(callId) * NONSENSE.length)],
});
