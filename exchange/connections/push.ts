import type { SubmitAnswer } from '../../agencies/client.ts';
import { formatRequestId, type StepRequest } from '../../agencies/contract.ts';
import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import { addLimit } from '../../domain/calendar/limit.ts';
import type { StepAnswer } from '../../domain/case/messages.ts';
import { resultFields } from '../../domain/matter/results.ts';
import type { ExchangeDependencies } from '../dependencies.ts';
import { discloseStep } from '../record-disclosure.ts';
import { findUnknownItems } from '../../domain/form/asked-items.ts';
import { attentionOf, errorOf, ITEM_UNKNOWN, toUnavailable } from '../failures.ts';
import { keepAnswer } from '../keep-answer.ts';
import type { AgencyReply, Connection, StepDispatch } from './connection.ts';

/** The agency has a system of its own, which we call (docs/agency-protocol.md). */
export const push: Connection = {
  isCalled: true,

  send: async (deps, dispatch) => {
    // A system that approves everything must not approve this: an officer decides.
    if (dispatch.rulesHold === false) return { kind: 'answered', answer: { kind: 'failed', code: 'RULES_NOT_MET' } };
    const request = await requestOf(deps, dispatch);
    const answer = await deps.client.submit(endpointOf(dispatch.agency), request);
    return readAnswer(deps, dispatch, answer);
  },

  undo: async ({ client }, agency, { requestId, class: undoClass }) => {
    // The engine never asks for an undo of a step that has none.
    if (undoClass === 'none') return { kind: 'answered', answer: { kind: 'undone' } };
    const answer = await client.undo(endpointOf(agency), { requestId, class: undoClass });
    switch (answer.kind) {
      case 'undone':
        return { kind: 'answered', answer };
      case 'unavailable':
        return toUnavailable(answer);
      case 'stands':
        return { kind: 'answered', answer: { kind: 'failed', code: 'UNDO_REJECTED' }, error: 'HTTP_409' };
      default:
        return { kind: 'answered', answer: { kind: 'failed', code: attentionOf(answer) }, error: errorOf(answer) };
    }
  },

  enquire: ({ client }, agency, requestId) => client.enquire(endpointOf(agency), requestId),
};

/** How the client reaches an agency. */
const endpointOf = (agency: AgencyRecord) => {
  if (agency.baseUrl === undefined) throw new Error(`agency ${agency.id} has no address`);
  return {
    id: agency.id,
    baseUrl: agency.baseUrl,
    secrets: agency.secrets,
    timeoutMs: agency.timeoutMs,
    allowPrivate: agency.allowPrivate,
  };
};

const requestOf = async (
  { db, cipher, calendars, publicUrl, now }: ExchangeDependencies,
  { call, matter, found }: StepDispatch,
): Promise<StepRequest> => {
  const { step } = found;
  // Only a later round can have a supplement.
  const asked = call.round > 1;
  const disclosed = await discloseStep(db, cipher, { ...call, matter, found, asked, now: now() });
  const requestId = formatRequestId(call);
  const fields = resultFields(step);
  return {
    requestId,
    caseId: call.caseId,
    caseNo: disclosed.caseNo,
    matter: call.matter,
    step: { id: call.stepId, kind: step.kind, name: step.name },
    round: call.round,
    form: disclosed.form,
    ...(disclosed.results.length > 0 && { results: disclosed.results }),
    materials: disclosed.materials,
    ...(disclosed.supplement.length > 0 && { supplement: disclosed.supplement }),
    ...(fields.length > 0 && { resultFields: [...fields] }),
    callbackUrl: `${publicUrl}/agency/v1/tasks/${requestId}/decision`,
    dueAt: new Date(addLimit(await calendars.newest(), call.at, step.limit.promised).at).toISOString(),
  };
};

const readAnswer = async (
  { db, cipher, now }: ExchangeDependencies,
  { call: { caseId, stepId, round, agency }, matter, found, apart }: StepDispatch,
  answer: SubmitAnswer,
): Promise<AgencyReply<StepAnswer>> => {
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'answered', answer: { kind: 'accepted' } };
    case 'decided': {
      const { decision: said } = answer;
      if (findUnknownItems(matter, said.supplements ?? []).length > 0) {
        return { kind: 'answered', answer: { kind: 'failed', code: 'AGENCY_UNREADABLE' }, error: ITEM_UNKNOWN };
      }
      const key = { caseId, stepId, round };
      const by = { role: 'agency', id: agency } as const;
      const source = apart ? 'enquiry' : 'reply';
      const answered = { key, source, by, said, step: found.step, at: now() } as const;
      const { messageId, told } = await keepAnswer(db, cipher, answered);
      return { kind: 'answered', answer: { kind: 'decided', messageId, ...told } };
    }
    case 'unavailable':
      return toUnavailable(answer);
    default:
      return { kind: 'answered', answer: { kind: 'failed', code: attentionOf(answer) }, error: errorOf(answer) };
  }
};
