import { isDeepStrictEqual } from 'node:util';
import { MOST_ITEMS } from '../../../domain/case/decisions.ts';
import type { CaseEvent, Message } from '../../../domain/case/messages.ts';
import { agencyOf, type CaseState } from '../../../domain/case/state.ts';
import { isCaseEnd, isStepEnd } from '../../../domain/case/status.ts';
import type { Run } from './simulator.ts';
import { walk, type Property } from './walk.ts';

type Decision = Omit<Extract<Message, { kind: 'decision' }>, 'kind'>;

/** The decision in an event, whether it came as a message or as the answer to a request. */
const decisionIn = (state: CaseState, event: CaseEvent): Decision | undefined => {
  if (event.kind === 'message') {
    if (event.message.kind !== 'decision') return undefined;
    const { kind: _decision, ...said } = event.message;
    return said;
  }
  if (event.kind !== 'answered' || event.answer.kind !== 'decided') return undefined;
  const { stepId, round, answer } = event;
  const { kind: _decided, messageId: id, ...said } = answer;
  return { id, by: { role: 'agency', id: agencyOf(state, stepId) }, stepId, round, ...said };
};

const contentOf = ({ id: _own, ...content }: Decision) => content;

interface DecisionEntry {
  said: Decision;
  /** It counts: an entry of the record names it. */
  counts: boolean;
  /** It was taken as a repetition: it changed nothing and was not refused. */
  repeats: boolean;
  before: CaseState;
}

const decisionsOf = (run: Run): DecisionEntry[] =>
  run.events.flatMap((event, index) => {
    const before = run.states[index]!;
    const said = decisionIn(before, event);
    if (!said) return [];
    const entries = run.entries[index]!;
    const outcome = run.outcomes[index]!.kind;
    const repeats = event.kind === 'message' ? outcome === 'repeated' : entries.length === 0;
    const counts = entries.some((entry) => entry.kind !== 'message-refused' && 'messageId' in entry);
    return [{ said, counts, repeats, before }];
  });

/** Whether the agency may still ask for these things in the notice that gathers. */
const mayJoin = (state: CaseState, { stepId, round, items = 1 }: Decision): boolean => {
  const step = state.steps[stepId];
  const notice = state.notices[step?.noticeId ?? ''];
  if (step?.status !== 'supplement' || step.round !== round || notice?.status !== 'gathering') return false;
  const asked = notice.items.filter(({ id }) => id.startsWith(`${stepId}:${round}:`));
  return asked.length + items <= MOST_ITEMS;
};

export const CONTENT_PROPERTIES = {
  'a decision with other content is never taken as a repetition, and one with the same content counts once': (run) => {
    const counted: Decision[] = [];
    for (const { said, counts, repeats, before } of decisionsOf(run)) {
      const known = counted.some((other) => isDeepStrictEqual(contentOf(other), contentOf(said)));
      if (repeats && !known) return `${said.id} was taken as a repetition, and says something new`;
      // A supervisor may decide the same again about a parcel that was returned.
      const isAgain = said.by.role === 'supervisor' && before.steps[said.stepId]?.attention === 'PARCEL_RETURNED';
      if (counts && known && !isAgain) return `${said.id} counts, though it says what counted before`;
      if (counts) counted.push(said);
    }
    return undefined;
  },

  'a request for other things joins the notice as long as it gathers, and not later': (run) => {
    const asked = decisionsOf(run).filter(({ said, before }) => {
      const isAsking = said.decision === 'supplement' && before.steps[said.stepId]?.status === 'supplement';
      return isAsking && before.messages[said.id] === undefined;
    });
    const wrong = asked.find(({ said, counts, repeats, before }) => !repeats && counts !== mayJoin(before, said));
    return wrong && `${wrong.said.id} ${wrong.counts ? 'joined' : 'did not join'} the notice`;
  },

  'a refusal says what is so: of a case that ends or has ended, of a step that is being undone': (run) => {
    for (const [index, event] of run.events.entries()) {
      const outcome = run.outcomes[index]!;
      const before = run.states[index]!;
      if (event.kind !== 'message' || outcome.kind !== 'refused' || before.messages[event.message.id]) continue;
      const { code } = outcome;
      const ended = isCaseEnd(before.status);
      if (code === 'CASE_ENDED' ? !ended : code === 'CASE_CLOSING' && ended) return `${code} in ${before.status}`;
      if (code !== 'STEP_BEING_UNDONE' || !('stepId' in event.message)) continue;
      const { status, undo } = before.steps[event.message.stepId]!;
      if (undo !== true || isStepEnd(status)) return `${code} of a step that is ${status}`;
    }
    return undefined;
  },

  'every missing thing has an id of its own': (run) => {
    const ids = new Set<string>();
    return walk(run, (_before, entry) => {
      if (entry.kind !== 'supplement-wanted') return undefined;
      const twice = entry.items.find((id) => ids.has(id));
      entry.items.forEach((id) => ids.add(id));
      return twice && `${twice} is asked twice`;
    });
  },
} satisfies Record<string, Property>;
