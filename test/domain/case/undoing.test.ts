import { describe, expect, it } from 'vitest';
import { closingEffect } from '../../../domain/case/closing.ts';
import { computeDues } from '../../../domain/case/dues.ts';
import { begin, next } from '../../../domain/case/engine.ts';
import type { CaseEvent, Message } from '../../../domain/case/messages.ts';
import type { Plan, PlanStep } from '../../../domain/case/plan.ts';
import type { CaseState } from '../../../domain/case/state.ts';

const AGENCY = { role: 'agency', id: 'police' } as const;
const SUPERVISOR = { role: 'supervisor', id: 'supervisor-1' } as const;
const SYSTEM = { role: 'system', id: 'due-instants' } as const;

/** The intake accepts the case, and is undone when the parallel check is refused. */
const PLAN: Plan = {
  matter: 'small-move',
  version: 1,
  hash: '0'.repeat(64),
  acceptedBy: 'intake',
  partial: false,
  onSilence: 'return-case',
  steps: [
    {
      id: 'intake',
      agency: 'police',
      kind: 'register',
      needs: [],
      undo: { class: 'withdraw', whenFails: ['check'] },
    },
    { id: 'check', agency: 'police', kind: 'approve', needs: [], undo: { class: 'none' } },
  ],
};

const tell = (state: CaseState, ...events: CaseEvent[]): CaseState =>
  events.reduce((before, event) => next(before, event).state, state);
const say = (message: Message): CaseEvent => ({ kind: 'message', at: 9, message });
const answerUndo = (round: number, answer: Extract<CaseEvent, { kind: 'undo-answered' }>['answer']): CaseEvent => ({
  kind: 'undo-answered',
  at: 9,
  stepId: 'intake',
  round,
  answer,
});
const refuseCheck = (round: number) =>
  say({ kind: 'decision', id: `check-${round}`, by: AGENCY, stepId: 'check', round, decision: 'refused' });

const undoing = tell(begin(PLAN, 0), { kind: 'started', at: 1 }, refuseCheck(1));

describe('an intake whose undo its agency rejected', () => {
  const rejected = tell(undoing, answerUndo(1, { kind: 'failed', code: 'UNDO_REJECTED' }));

  it('waits for a person', () => {
    expect(rejected.steps['intake']).toMatchObject({ status: 'attention', attention: 'UNDO_REJECTED', undo: true });
  });

  it('is not accepted by silence', () => {
    expect(computeDues(rejected)).toEqual([]);
    const { outcome } = next(rejected, say({ kind: 'due', id: 'due', by: SYSTEM, key: 'acceptance:1' }));
    expect(outcome).toEqual({ kind: 'refused', code: 'NOT_DUE' });
  });

  it('is not put in doubt by a correction, and cannot be decided, kept or redone', () => {
    const of = { by: SUPERVISOR, stepId: 'intake' };
    const after = tell(
      rejected,
      say({ kind: 'correction', id: 'correction', by: SUPERVISOR, affected: ['intake'] }),
      say({ kind: 'decision', id: 'decision', ...of, round: 1, decision: 'approved' }),
      say({ kind: 'adoption', id: 'adoption', ...of, adopts: 'kept', decision: 'approved' }),
      say({ kind: 'keep', id: 'keep', ...of }),
      say({ kind: 'redo', id: 'redo', ...of }),
    );
    expect(after.steps['intake']).toEqual(rejected.steps['intake']);
  });

  it.each(['undone', 'stands'] as const)('lets the case end when a person settles that it is %s', (result) => {
    const settled = tell(
      rejected,
      say({ kind: 'undo-settlement', id: 'settled', by: SUPERVISOR, stepId: 'intake', result }),
    );
    // Nobody refused the intake itself.
    expect(settled.status).toBe('refused');
  });
});

describe('the answer to an undo that a person has settled', () => {
  it('has no effect on the undo of a later round', () => {
    const { acceptedBy: _none, ...rest } = PLAN;
    const other: PlanStep = { id: 'other', agency: 'post', kind: 'approve', needs: [], undo: { class: 'none' } };
    const plan: Plan = { ...rest, steps: [...rest.steps, other] };
    const redo = (stepId: string) => say({ kind: 'redo', id: `redo-${stepId}`, by: SUPERVISOR, stepId });
    const again = tell(
      ...([begin(plan, 0), { kind: 'started', at: 1 }, refuseCheck(1)] as const),
      say({ kind: 'undo-settlement', id: 'settled', by: SUPERVISOR, stepId: 'intake', result: 'undone' }),
      redo('check'),
      redo('intake'),
      refuseCheck(2),
    );
    expect(again.steps['intake']).toMatchObject({ status: 'undoing', round: 2 });
    expect(tell(again, answerUndo(1, { kind: 'undone' }))).toEqual(again);
    expect(tell(again, answerUndo(2, { kind: 'undone' })).steps['intake']).toMatchObject({ status: 'undone' });
  });
});

describe('the withdrawal of a result that only a person takes back', () => {
  const [intake, check] = PLAN.steps;
  const plan: Plan = { ...PLAN, steps: [{ ...intake!, undo: { class: 'correct' } }, check!] };
  const sent = tell(begin(plan, 0), { kind: 'started', at: 1 });
  const approve = say({ kind: 'decision', id: 'd', by: AGENCY, stepId: 'intake', round: 1, decision: 'approved' });

  it('is announced as it is carried out: a person decides', () => {
    const granted = tell(sent, approve);
    expect(closingEffect(granted, plan.steps[0]!, 'withdrawal')).toBe('to-person');
    const withdrawn = tell(granted, say({ kind: 'withdrawal', id: 'w', by: SUPERVISOR }));
    expect(withdrawn.steps['intake']).toMatchObject({ status: 'attention', attention: 'UNDO_BY_PERSON' });
  });

  it('is an undo by machine while its agency has not approved it', () => {
    const wanting = tell(sent, { kind: 'answered', at: 2, stepId: 'intake', round: 1, answer: { kind: 'accepted' } });
    expect(closingEffect(wanting, plan.steps[0]!, 'withdrawal')).toBe('undone');
  });
});
