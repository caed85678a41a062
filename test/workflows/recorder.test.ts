import { expect, it } from 'vitest';
import { begin, next } from '../../domain/case/engine.ts';
import { branchingPlan } from '../support/matters.ts';
import { createRecorder } from '../../workflows/recorder.ts';

it('does not add an entry after handing over, because it would have no row', () => {
  const begun = begin(branchingPlan(), 0);
  const input = { caseId: 'case', plan: branchingPlan(), receivedAt: 0, ledgerHash: '00' };
  const recorder = createRecorder(input, begun, { runs: ['run'], isBusy: () => false, isAwaiting: true });
  const started = next(begun, { kind: 'started', at: 1 });
  recorder.add(started.entries, started.state);
  const handedOver = recorder.listUnwritten()!;
  const answer = { kind: 'decided', decision: 'approved', messageId: 'm-1' } as const;
  const decided = next(started.state, { kind: 'answered', at: 2, stepId: 'check', round: 1, answer });
  recorder.add(decided.entries, decided.state);
  expect(handedOver.entries).toEqual(started.entries);
  expect(recorder.listUnwritten()!.entries).toEqual([...started.entries, ...decided.entries]);
});
