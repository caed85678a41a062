import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { isTooEarly } from '../domain/case/decisions.ts';
import { listOpenEffects } from '../domain/case/effects.ts';
import { begin, next } from '../domain/case/engine.ts';
import { forgetRefusals } from '../domain/case/forget-refusals.ts';
import { MAX_IN_FLIGHT } from '../domain/case/in-flight.ts';
import type { CaseEvent, Message, Outcome } from '../domain/case/messages.ts';
import { isCaseEnd, type CaseStatus } from '../domain/case/status.ts';
import { createEffectRunner } from './effects.ts';
import {
  dispatchUpdate,
  stateQuery,
  unwrittenQuery,
  UPDATES_PER_RUN,
  type CaseInput,
  type MessageBatch,
} from './messages.ts';
import { TOO_EARLY } from './names.ts';
import { createRecorder } from './recorder.ts';
import { createTurns } from './turns.ts';

/**
 * One case of any matter: the workflow type is the code of the matter. The input contains the plan,
 * so a new version of a matter never changes an open case. The engine decides; this function only
 * carries out its decisions.
 */
export function matterCase(input: CaseInput): Promise<CaseStatus> {
  // A cancelled workflow would abandon its case without a record: a case ends by its own rules
  // only.
  return CancellationScope.nonCancellable(() => drive(input));
}

const drive = async (input: CaseInput): Promise<CaseStatus> => {
  const { reopened, resumed } = input;
  let state = resumed?.state ?? reopened?.state ?? begin(input.plan, input.receivedAt);
  const { matter: code, version } = input.plan;
  const turns = createTurns((agency) => input.maxInFlight?.[agency] ?? MAX_IN_FLIGHT);
  const of = { caseId: input.caseId, matter: { code, version } };
  const runner = createEffectRunner(of, turns, (event) => void apply(event));
  // The starter of a case fetches its first entries; a run that continues a case writes its own.
  const isAwaiting = !reopened && !resumed;
  const runs = [...(resumed?.runs ?? []), workflowInfo().runId];
  const recorder = createRecorder(input, state, { runs, isBusy: runner.isTrying, isAwaiting });

  let latest = resumed?.at ?? input.receivedAt;
  /**
   * Events bring instants from the clocks of several machines. The time of the case itself never
   * goes back.
   */
  const apply = (event: CaseEvent): Outcome => {
    latest = Math.max(latest, event.at);
    const step = next(state, { ...event, at: latest });
    state = step.state;
    if (step.entries.length > 0) recorder.add(step.entries, state);
    step.effects.forEach(runner.run);
    return step.outcome;
  };
  const takeMessage = (message: Message, at: number) =>
    isTooEarly(state, message) ? { kind: 'too-early' as const } : apply({ kind: 'message', at, message });

  // Before the first query or update can arrive.
  const at = workflowInfo().startTime.getTime();
  if (resumed) [...resumed.callOffs, ...listOpenEffects(state)].forEach(runner.run);
  const started: CaseEvent = { kind: 'started', at, ...(resumed?.by && { resumedBy: resumed.by }) };
  apply(reopened ? { kind: 'message', at, message: reopened.message } : started);

  let updates = 0;
  setHandler(stateQuery, () => state);
  setHandler(unwrittenQuery, () => {
    const changes = recorder.listUnwritten();
    return { runs, seq: state.seq, ...(changes && { changes }) };
  });
  setHandler(
    dispatchUpdate,
    ({ messages, at, tip }) =>
      CancellationScope.nonCancellable(async () => {
        updates += 1;
        if (tip) recorder.confirm(tip);
        const outcomes = messages.map((message) => takeMessage(message, at));
        const changes = await recorder.handOver();
        return { outcomes, runs, ...(changes && { changes }) };
      }),
    {
      validator: ({ messages }: MessageBatch) => {
        if (messages.length > 0 && messages.every((message) => isTooEarly(state, message))) {
          throw ApplicationFailure.nonRetryable('too early', TOO_EARLY);
        }
      },
    },
  );

  // A last message may reopen the case, and an agency may not be notified yet: the workflow ends only
  // after both.
  const isOver = () =>
    isCaseEnd(state.status) && allHandlersFinished() && recorder.isDone() && runner.listCallOffs().length === 0;
  // Between two messages. Calls to agencies that are still to be answered are made again by the next
  // run, with the same keys, and a write under way may come after its writes.
  const { updatesPerRun = UPDATES_PER_RUN } = input;
  const isLong = () => workflowInfo().continueAsNewSuggested || updates >= updatesPerRun;
  const mayContinue = () => isLong() && allHandlersFinished() && !runner.isTrying();
  const writing = recorder.run();
  do await Promise.race([writing, condition(() => isOver() || mayContinue())]);
  while (!isOver() && !mayContinue());
  if (isOver()) return state.status;

  const { reopened: _past, ...kept } = input;
  const { ledgerHash, unwritten } = recorder.listForNextRun();
  return continueAsNew<typeof matterCase>({
    ...kept,
    ledgerHash,
    resumed: { state: forgetRefusals(state, unwritten), at: latest, callOffs: runner.listCallOffs(), unwritten, runs },
  });
};
