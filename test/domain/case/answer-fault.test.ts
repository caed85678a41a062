import { describe, expect, it } from 'vitest';
import { begin, next } from '../../../domain/case/engine.ts';
import type { CaseEvent, Message } from '../../../domain/case/messages.ts';
import type { CaseState } from '../../../domain/case/state.ts';
import { branchingPlan } from '../../support/matters.ts';

const POLLING = { role: 'system', id: 'status-polling' } as const;

const tell = (state: CaseState, ...events: CaseEvent[]): CaseState =>
  events.reduce((before, event) => next(before, event).state, state);
const started = tell(begin(branchingPlan(), 0), { kind: 'started', at: 1 });
const [first = ''] = Object.keys(started.steps).filter((id) => started.steps[id]?.status === 'submitted');
const fault = (more: { stepId?: string; round?: number } = {}): Message => ({
  ...{ kind: 'answer-fault', id: 'system:1', stepId: first, round: 1, code: 'AGENCY_UNREADABLE', by: POLLING },
  ...more,
});
const hear = (state: CaseState, message: Message) => next(state, { kind: 'message', at: 3, message });
const accepted = tell(started, { kind: 'answered', at: 2, stepId: first, round: 1, answer: { kind: 'accepted' } });

describe('an answer of an agency that a person has to look at', () => {
  it.each([
    ['is being sent', started, [{ kind: 'cancel-submit', stepId: first, round: 1 }]],
    ['the agency has', accepted, []],
  ])('brings a step that %s to that person, who may send it again', (_where, state, effects) => {
    const held = hear(state, fault());
    expect(held.outcome).toEqual({ kind: 'applied' });
    expect(held.effects).toEqual(effects);
    expect(held.state.steps[first]).toMatchObject({ status: 'attention', attention: 'AGENCY_UNREADABLE', round: 1 });
    expect(hear(held.state, fault()).entries).toEqual([]);
    const resend: Message = { kind: 'resend', id: 'r', stepId: first, by: { role: 'supervisor', id: 's-1' } };
    expect(hear(held.state, resend).state.steps[first]).toMatchObject({ status: 'submitted', round: 1 });
  });

  it('changes nothing about a step that has moved on, another round or an unknown step', () => {
    const decided = hear(accepted, {
      ...{ kind: 'decision', id: 'd', stepId: first, round: 1, decision: 'approved' },
      by: { role: 'agency', id: 'police' },
    });
    expect(hear(decided.state, fault()).outcome).toMatchObject({ kind: 'refused', code: 'NOT_DUE' });
    expect(hear(accepted, fault({ round: 2 })).outcome).toMatchObject({ kind: 'refused', code: 'NOT_DUE' });
    expect(hear(accepted, fault({ stepId: 'none' })).outcome).toMatchObject({ kind: 'refused', code: 'STEP_UNKNOWN' });
  });
});
