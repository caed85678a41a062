import type { SubmitAnswer } from '../../agencies/client.ts';
import { askedItem, formatRequestId, wantedItems, type StepRequest } from '../../agencies/contract.ts';
import type { AgencyRecord } from '../../db/agencies.ts';
import { loadStep } from '../../db/disclosures.ts';
import { answeredItems } from '../../db/notices.ts';
import { addLimit } from '../../matters/calendar/limit.ts';
import type { StepAnswer } from '../../matters/engine/messages.ts';
import { disclose } from '../../matters/form/form.ts';
import { answersTo, shownMaterials, type Papers } from '../../matters/form/papers.ts';
import type { ExchangeDependencies } from '../dependencies.ts';
import { attentionOf, errorOf, unavailable } from '../failures.ts';
import { keepAnswer } from '../keep-answer.ts';
import type { AgencyReply, Connection, StepOrder } from './connection.ts';

/** The agency has a system of its own, which we call (docs/agency-protocol.md). */
export const push: Connection = {
  isCalled: true,

  send: async (deps, order) => {
    const request = await requestOf(deps, order);
    const answer = await deps.client.submit(endpointOf(order.agency, order.timeoutMs), request);
    return readAnswer(deps, order, answer);
  },

  undo: async ({ client }, agency, { requestId, class: undoClass }) => {
    // The engine never orders an undo of a step that has none.
    if (undoClass === 'none') return { kind: 'answered', answer: { kind: 'undone' } };
    const answer = await client.undo(endpointOf(agency), { requestId, class: undoClass });
    switch (answer.kind) {
      case 'undone':
        return { kind: 'answered', answer };
      case 'unavailable':
        return unavailable(answer);
      case 'stands':
        return { kind: 'answered', answer: { kind: 'failed', code: 'UNDO_REJECTED' }, error: 'HTTP_409' };
      default:
        return { kind: 'answered', answer: { kind: 'failed', code: attentionOf(answer) }, error: errorOf(answer) };
    }
  },

  enquire: ({ client }, agency, requestId) => client.enquire(endpointOf(agency), requestId),
};

/** How the client reaches an agency; `timeoutMs` shortens its own limit. */
const endpointOf = (agency: AgencyRecord, timeoutMs = agency.timeoutMs) => {
  if (agency.baseUrl === undefined) throw new Error(`agency ${agency.id} has no address`);
  return {
    id: agency.id,
    baseUrl: agency.baseUrl,
    secrets: agency.secrets,
    timeoutMs: Math.min(agency.timeoutMs, timeoutMs),
    allowPrivate: agency.allowPrivate,
  };
};

/** The request, with the fields that the step discloses and no others; that it discloses them is on record before it is sent. */
const requestOf = async (deps: ExchangeDependencies, order: StepOrder): Promise<StepRequest> => {
  const { call, matter, found } = order;
  const { step, item } = found;
  const loaded = await loadStep(deps.db, deps.cipher, call, { ...call, fields: step.discloses });
  const requestId = formatRequestId(call);
  return {
    requestId,
    caseId: call.caseId,
    caseNo: loaded.caseNo,
    matter: call.matter,
    step: { id: call.stepId, kind: step.kind, name: step.name },
    round: call.round,
    form: disclose(loaded.form, step.discloses, item),
    materials: shownMaterials(matter, found, loaded),
    ...(await supplementOf(deps, order, loaded)),
    callbackUrl: `${deps.publicUrl}/agency/v1/tasks/${requestId}/decision`,
    dueAt: new Date(addLimit(await deps.calendars.newest(), call.at, step.limit.promised).at).toISOString(),
  };
};

/** What a supplement brought, for the agency that had asked: only a later round can have one. */
const supplementOf = async (
  { db, cipher }: ExchangeDependencies,
  { call, found }: StepOrder,
  papers: Papers,
): Promise<Pick<StepRequest, 'supplement'>> => {
  if (call.round === 1) return {};
  const answered = await answeredItems(db, cipher, call);
  if (answered.length === 0) return {};
  const asked = answered.map(({ body, place }) => askedItem(body, place));
  return { supplement: answersTo(found, papers, asked) };
};

const readAnswer = async (
  { db, cipher }: ExchangeDependencies,
  { call: { caseId, stepId, round, agency }, apart }: StepOrder,
  answer: SubmitAnswer,
): Promise<AgencyReply<StepAnswer>> => {
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'answered', answer: { kind: 'accepted' } };
    case 'decided': {
      const { decision: said } = answer;
      const key = { caseId, stepId, round };
      const by = { role: 'agency', id: agency } as const;
      const { messageId } = await keepAnswer(db, cipher, { key, source: apart ? 'enquiry' : 'reply', by, said });
      const { decision } = said;
      return { kind: 'answered', answer: { kind: 'decided', messageId, decision, ...wantedItems(said) } };
    }
    case 'unavailable':
      return unavailable(answer);
    case 'withdrawn':
      // The agency holds an undo of this very request, and we do not: people have to sort that out.
      return { kind: 'answered', answer: { kind: 'failed', code: 'AGENCY_REJECTED' }, error: 'HTTP_410' };
    default:
      return { kind: 'answered', answer: { kind: 'failed', code: attentionOf(answer) }, error: errorOf(answer) };
  }
};
