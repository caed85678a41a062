import type { Failure, SubmitAnswer } from '../agencies/client.ts';
import {
  askedItem,
  formatRequestId,
  wantedItems,
  type AnsweredDecision,
  type StepRequest,
} from '../agencies/contract.ts';
import { inboxId, replyIds } from '../agencies/message-id.ts';
import type { AgencyRecord } from '../db/agencies.ts';
import { loadStep } from '../db/disclosures.ts';
import { putMessage } from '../db/inbox.ts';
import { answeredItems } from '../db/notices.ts';
import { recordRuleTrace } from '../db/rule-traces.ts';
import { addLimit } from '../matters/calendar/limit.ts';
import { findStep, type FoundStep } from '../matters/definition/compile.ts';
import type { Actor, AttentionCode, StepAnswer } from '../matters/engine/messages.ts';
import { disclose } from '../matters/form/form.ts';
import { answersTo, shownMaterials, type Papers } from '../matters/form/papers.ts';
import { decideByRules } from '../matters/definition/rules.ts';
import type { Dependencies } from './dependencies.ts';

/** A step in one round: case, step and round are its effect key. */
export interface StepCall {
  caseId: string;
  matter: { code: string; version: number };
  stepId: string;
  agency: string;
  round: number;
  /** When the case ordered it, milliseconds since 1970: the same at every attempt, so that a repetition is byte for byte one. */
  at: number;
}

/** What sending needs: everything but how agencies are doing, which is asked before. */
export type SendDependencies = Omit<Dependencies, 'health'>;

/** What sending came to; `unavailable` is worth another attempt, with its cause for the step's row. */
export type Sent =
  | { kind: 'answered'; answer: StepAnswer; error?: string }
  | { kind: 'unavailable'; error: string; retryAfterMs?: number };

/**
 * Sends one step the way its agency is connected. Safe to repeat: the agency keys on case, step and round, and what it says is
 * kept under one message id. `timeoutMs` shortens the agency's own limit. `apart`: the case does not hear the answer, so a decision is
 * delivered to it as a message.
 */
export const sendStep = async (
  deps: SendDependencies,
  call: StepCall,
  { timeoutMs, apart = false }: { timeoutMs?: number; apart?: boolean } = {},
): Promise<Sent> => {
  const { code, version } = call.matter;
  const [matter, agency] = await Promise.all([deps.matter(code, version), deps.agency(call.agency)]);
  const found = findStep(matter, call.stepId);
  if (!found) throw new Error(`no step ${call.stepId} in ${code} version ${version}`);
  const { step, item } = found;

  if (agency.connection === 'rules' && step.rules) {
    const loaded = await loadStep(deps.db, deps.cipher, call);
    const { approved, trace } = decideByRules(matter, call.stepId, loaded.form, { now: deps.now() });
    await recordRuleTrace(deps.db, { ...call, approved, trace });
    if (approved) {
      const messageId = inboxId('rules', formatRequestId(call));
      await keep(deps, call, { messageId, decision: 'approved' }, {}, 'rules');
      return { kind: 'answered', answer: { kind: 'decided', decision: 'approved', messageId } };
    }
  }
  const loaded = await loadStep(deps.db, deps.cipher, call, { ...call, fields: step.discloses });
  // A worklist is the list of accepted steps: there is nobody to call.
  if (agency.connection !== 'push') return { kind: 'answered', answer: { kind: 'accepted' } };

  const request: StepRequest = {
    requestId: formatRequestId(call),
    caseId: call.caseId,
    caseNo: loaded.caseNo,
    matter: call.matter,
    step: { id: call.stepId, kind: step.kind, name: step.name },
    round: call.round,
    form: disclose(loaded.form, step.discloses, item),
    materials: shownMaterials(matter, found, loaded),
    ...(await supplementOf(deps, call, found, loaded)),
    callbackUrl: `${deps.publicUrl}/agency/v1/tasks/${formatRequestId(call)}/decision`,
    dueAt: new Date(addLimit(await deps.calendars.newest(), call.at, step.limit.promised).at).toISOString(),
  };
  const answer = await deps.client.submit(endpointOf(agency, timeoutMs), request);
  return readAnswer(deps, call, answer, apart);
};

/** What a supplement brought, for the agency that had asked: only a later round can have one. */
const supplementOf = async (
  { db, cipher }: SendDependencies,
  call: StepCall,
  found: FoundStep,
  papers: Papers,
): Promise<Pick<StepRequest, 'supplement'>> => {
  if (call.round === 1) return {};
  const answered = await answeredItems(db, cipher, call);
  if (answered.length === 0) return {};
  const asked = answered.map(({ body, place }) => askedItem(body, place));
  return { supplement: answersTo(found, papers, asked) };
};

/** How the client reaches an agency; `timeoutMs` shortens its own limit. */
export const endpointOf = (agency: AgencyRecord, timeoutMs?: number) => {
  if (agency.baseUrl === undefined) throw new Error(`agency ${agency.id} has no address`);
  return {
    id: agency.id,
    baseUrl: agency.baseUrl,
    secrets: agency.secrets,
    timeoutMs: Math.min(agency.timeoutMs, timeoutMs ?? agency.timeoutMs),
    allowPrivate: agency.allowPrivate,
  };
};

const readAnswer = async (
  deps: SendDependencies,
  call: StepCall,
  answer: SubmitAnswer,
  apart: boolean,
): Promise<Sent> => {
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'answered', answer: { kind: 'accepted' } };
    case 'decided':
      return { kind: 'answered', answer: await keepDecision(deps, call, answer.decision, apart) };
    case 'unavailable':
      return {
        kind: 'unavailable',
        error: errorOf(answer),
        ...(answer.retryAfterMs !== undefined && { retryAfterMs: answer.retryAfterMs }),
      };
    case 'withdrawn':
      // The agency holds an undo of this very request, and we do not: people have to sort that out.
      return { kind: 'answered', answer: { kind: 'failed', code: 'AGENCY_REJECTED' }, error: 'HTTP_410' };
    default:
      return { kind: 'answered', answer: { kind: 'failed', code: attentionOf(answer) }, error: errorOf(answer) };
  }
};

/** A failure as the step's row keeps it: a code, never what the agency wrote. */
export const errorOf = (failure: Failure): string => {
  if (failure.kind !== 'unavailable') return failure.detail;
  return failure.status === undefined ? `CONNECTION_${failure.cause.toUpperCase()}` : `HTTP_${failure.status}`;
};

/** Why a person has to look at it. */
export const attentionOf = (failure: Exclude<Failure, { kind: 'unavailable' }>): AttentionCode => {
  const codes = {
    rejected: 'AGENCY_REJECTED',
    misconfigured: 'AGENCY_SETUP',
    unreadable: 'AGENCY_UNREADABLE',
  } as const;
  return codes[failure.kind];
};

/** Keeps an agency's words under the id of its message; one that uses an id for two answers gets an id of ours. */
const keepDecision = async (
  deps: SendDependencies,
  call: StepCall,
  answer: AnsweredDecision,
  apart: boolean,
): Promise<StepAnswer> => {
  const { messageId: _own, requestId: _repeated, decision, ...words } = answer;
  for (const messageId of replyIds(call.agency, call, answer)) {
    const message = { messageId, decision, ...wantedItems(answer) };
    if (await keep(deps, call, message, words, apart ? 'enquiry' : 'reply')) return { kind: 'decided', ...message };
  }
  throw new Error('an id made of the content is taken by another content');
};

/** False: the id is taken by something else. */
const keep = async (
  deps: SendDependencies,
  call: StepCall,
  { messageId: id, ...said }: { messageId: string; decision: AnsweredDecision['decision']; items?: number },
  body: Record<string, unknown>,
  source: 'reply' | 'enquiry' | 'rules',
): Promise<boolean> => {
  const { caseId, stepId, round } = call;
  const by: Actor = source === 'rules' ? { role: 'system', id: 'rules' } : { role: 'agency', id: call.agency };
  const kept = await putMessage(deps.db, deps.cipher, {
    caseId,
    messageId: id,
    stepId,
    round,
    source,
    message: { kind: 'decision', id, stepId, round, ...said, by },
    body,
    // A reply reaches the case as the answer of this activity, so nobody has to deliver it.
    ...(source !== 'enquiry' && { settled: { kind: 'applied' } }),
  });
  return kept.kind !== 'different';
};
