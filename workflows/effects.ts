import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { StepCall } from '../exchange/step-call.ts';
import type { CallOff, Effect } from '../domain/case/effects.ts';
import type { CaseEvent } from '../domain/case/messages.ts';
import { proxyAgencyQueue, trySubmitStep } from './proxies.ts';
import type { Turns } from './turns.ts';

/** The case of the calls. */
type CaseRef = Pick<StepCall, 'caseId' | 'matter'>;

export interface EffectRunner {
  run: (effect: Effect) => void;
  /** A first attempt is in flight. */
  isTrying: () => boolean;
  /** The notices of which an agency has not confirmed yet that its step was called off. */
  listCallOffs: () => CallOff[];
}

/** Carries out the effects of the engine and reports their results to it. */
export const createEffectRunner = (of: CaseRef, turns: Turns, tell: (event: CaseEvent) => void): EffectRunner => {
  const sending = new Map<string, { cancel: () => void }>();
  let trying = 0;
  const callingOff = new Set<CallOff>();

  const attempt = async (effect: Extract<Effect, { kind: 'submit' }>) => {
    trying += 1;
    try {
      const { kind: _submit, ...call } = effect;
      const first = await trySubmitStep.executeWithOptions({ summary: summaryOf(effect) }, [{ ...of, ...call }]);
      return first.kind === 'later' ? undefined : first;
    } catch (error) {
      if (isCancellation(error)) throw error;
      // Lost or timed out inside the workflow task: the queue repeats it with the same effect key.
      return undefined;
    } finally {
      trying -= 1;
    }
  };

  const submit = async (effect: Extract<Effect, { kind: 'submit' }>): Promise<void> => {
    const { kind: _submit, ...call } = effect;
    const { stepId, agency, round } = call;
    const sendByQueue = () =>
      orFault(
        proxyAgencyQueue(agency).submitStep.executeWithOptions({ summary: summaryOf(effect) }, [{ ...of, ...call }]),
      );
    try {
      // No await between the end of the first attempt and what follows from it (`createTurns`).
      const { at, ...answer } = (await attempt(effect)) ?? (await sendByQueue());
      tell({ kind: 'answered', at, stepId, round, answer });
    } finally {
      turns.end(agency);
    }
  };

  const undo = async (effect: Extract<Effect, { kind: 'undo' }>): Promise<void> => {
    const { kind: _undo, ...call } = effect;
    const { stepId, agency, round } = call;
    const { at, ...answer } = await orFault(
      proxyAgencyQueue(agency).undoStep.executeWithOptions({ summary: summaryOf(effect) }, [{ ...of, ...call }]),
    );
    tell({ kind: 'undo-answered', at, stepId, round, answer });
  };

  /** The answer changes nothing: an agency that cannot undo the step has been notified as well. */
  const callOff = async (effect: CallOff): Promise<void> => {
    const { kind: _callOff, ...call } = effect;
    callingOff.add(effect);
    await orFault(
      proxyAgencyQueue(call.agency).undoStep.executeWithOptions({ summary: summaryOf(effect) }, [
        { ...of, class: 'withdraw', ...call },
      ]),
    ).finally(() => callingOff.delete(effect));
  };

  return {
    isTrying: () => trying > 0,
    listCallOffs: () => [...callingOff],
    run: (effect) => {
      const key = `${effect.stepId}:${effect.round}`;
      if (effect.kind === 'cancel-submit') {
        sending.get(key)?.cancel();
        return;
      }
      if (effect.kind === 'undo') {
        ignoreCancellation(undo(effect));
        return;
      }
      if (effect.kind === 'call-off') {
        ignoreCancellation(callOff(effect));
        return;
      }
      const scope = new CancellationScope();
      const call = { cancel: () => scope.cancel() };
      sending.set(key, call);
      const leaveLine = turns.take(effect.agency, () =>
        ignoreCancellation(
          scope
            .run(() => submit(effect))
            .finally(() => {
              if (sending.get(key) === call) sending.delete(key);
            }),
        ),
      );
      call.cancel = () => {
        leaveLine();
        scope.cancel();
      };
    },
  };
};

/** Shown beside the call in Temporal's UI. Ids only. */
const summaryOf = (effect: Effect): string => `${effect.stepId} · round ${effect.round}`;

interface Fault {
  kind: 'failed';
  code: 'STEP_FAULT';
  at: number;
}

/**
 * An activity fails only because of a fault of ours that no retry can fix. The step then waits for
 * a person.
 */
const orFault = async <Answer>(call: Promise<Answer>): Promise<Answer | Fault> => {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    // A failure has no instant. It is handled at the beginning of a workflow task, whose time is in
    // the history.
    return { kind: 'failed', code: 'STEP_FAULT', at: Date.now() };
  }
};

/**
 * A cancelled effect is not a failure. Any other failure stops the workflow task until the code is
 * fixed.
 */
const ignoreCancellation = (work: Promise<void>): void => {
  void work.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
};
