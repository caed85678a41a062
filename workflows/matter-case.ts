import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { isTooEarly } from '../domain/case/decisions.ts';
import { begin, next } from '../domain/case/engine.ts';
import type { CaseEvent, Message, Outcome } from '../domain/case/messages.ts';
import { isCaseEnd, type CaseStatus } from '../domain/case/status.ts';
import { createEffectRunner } from './effects.ts';
import { deliverUpdate, stateQuery, TOO_EARLY, unwrittenQuery, type CaseInput, type MessageBatch } from './messages.ts';
import { createRecorder } from './recorder.ts';

/**
 * One case, of any matter: the workflow type is the matter's code. The plan travels in the input, so publishing a new
 * version never changes a case under way. The engine decides, this carries out: it keeps no rule of its own.
 */
export function matterCase(input: CaseInput): Promise<CaseStatus> {
  // Cancelling the workflow would abandon a case without a word to anyone: a case ends by its own rules only.
  return CancellationScope.nonCancellable(() => drive(input));
}

const drive = async (input: CaseInput): Promise<CaseStatus> => {
  let state = input.reopened?.state ?? begin(input.plan, input.receivedAt);
  const { matter: code, version } = input.plan;
  const runner = createEffectRunner({ caseId: input.caseId, matter: { code, version } }, (event) => void apply(event));
  // Whoever starts a case comes for its first entries; one that is taken up writes them itself.
  const recorder = createRecorder(input, state, { isBusy: runner.isTrying, isAwaiting: !input.reopened });

  let latest = input.receivedAt;
  /** Events bring their instants, from clocks of several machines: the case's own time never goes back. */
  const apply = (event: CaseEvent): Outcome => {
    latest = Math.max(latest, event.at);
    const step = next(state, { ...event, at: latest });
    state = step.state;
    if (step.entries.length > 0) recorder.add(step.entries, state);
    step.effects.forEach(runner.run);
    return step.outcome;
  };
  const deliver = (message: Message, at: number) =>
    isTooEarly(state, message) ? { kind: 'too-early' as const } : apply({ kind: 'delivered', at, message });

  // Before anybody can ask what the case has done.
  const at = workflowInfo().startTime.getTime();
  apply(input.reopened ? { kind: 'delivered', at, message: input.reopened.message } : { kind: 'started', at });

  setHandler(stateQuery, () => state);
  setHandler(unwrittenQuery, recorder.unwritten);
  setHandler(
    deliverUpdate,
    ({ messages, at, tip }) =>
      CancellationScope.nonCancellable(async () => {
        if (tip) recorder.confirm(tip);
        const outcomes = messages.map((message) => deliver(message, at));
        const changes = await recorder.handOver();
        return { outcomes, ...(changes && { changes }) };
      }),
    {
      validator: ({ messages }: MessageBatch) => {
        if (messages.length > 0 && messages.every((message) => isTooEarly(state, message))) {
          throw ApplicationFailure.nonRetryable('too early', TOO_EARLY);
        }
      },
    },
  );

  // A last message may take up the case again, and an agency may be out of reach: it has ended when it is over with everything.
  const isOver = () => isCaseEnd(state.status) && allHandlersFinished() && recorder.isDone() && !runner.isTelling();
  await Promise.race([recorder.run(), condition(isOver)]);
  return state.status;
};
