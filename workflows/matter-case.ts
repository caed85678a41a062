import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { isTooEarly } from '../matters/engine/decisions.ts';
import { begin, next } from '../matters/engine/engine.ts';
import type { CaseEvent, Message, Outcome } from '../matters/engine/messages.ts';
import { isCaseEnd, type CaseStatus } from '../matters/engine/status.ts';
import { createPerformer } from './effects.ts';
import { deliverUpdate, stateQuery, TOO_EARLY, type CaseInput } from './messages.ts';
import { createRecorder } from './recorder.ts';

/**
 * One case, of any matter: the workflow type is the matter's code. The plan travels in the input, so publishing a new
 * version never changes a case under way. The engine decides, this carries out: it keeps no rule of its own.
 */
export async function matterCase(input: CaseInput): Promise<CaseStatus> {
  let state = input.takenUp?.state ?? begin(input.plan, input.receivedAt);
  const performer = createPerformer(input.caseId, (event) => void apply(event));
  const recorder = createRecorder(input.caseId, state, input.ledgerHash, performer.isTrying);

  let latest = input.receivedAt;
  /** Events bring their instants, from clocks of several machines: the case's own time never goes back. */
  const apply = (event: CaseEvent): Outcome => {
    latest = Math.max(latest, event.at);
    const step = next(state, { ...event, at: latest });
    state = step.state;
    if (step.entries.length > 0) recorder.add(step.entries, state);
    step.effects.forEach(performer.perform);
    return step.outcome;
  };

  setHandler(stateQuery, () => state);
  setHandler(
    deliverUpdate,
    (message, at) =>
      CancellationScope.nonCancellable(async () => {
        const outcome = apply({ kind: 'delivered', at, message });
        const progress = await recorder.handOver();
        return { outcome, ...(progress && { progress }) };
      }),
    {
      validator: (message: Message, _at: number) => {
        if (isTooEarly(state, message)) throw ApplicationFailure.nonRetryable('too early', TOO_EARLY);
      },
    },
  );

  // Cancelling the workflow would abandon a case without a word to anyone: a case ends by its own rules only.
  await CancellationScope.nonCancellable(async () => {
    const recording = recorder.run();
    const at = workflowInfo().startTime.getTime();
    apply(input.takenUp ? { kind: 'delivered', at, message: input.takenUp.message } : { kind: 'started', at });
    // A last message may take up the case again, and an agency may be out of reach: it has ended when it is over with everything.
    const isOver = () =>
      isCaseEnd(state.status) && allHandlersFinished() && recorder.isDone() && !performer.isTelling();
    await Promise.race([recording, condition(isOver)]);
  });
  return state.status;
}
