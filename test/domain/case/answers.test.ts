import { describe, expect, it } from 'vitest';
import { begin, next } from '../../../domain/case/engine.ts';
import type { CaseEvent, DecisionKind, Message } from '../../../domain/case/messages.ts';
import type { Plan, PlanStep } from '../../../domain/case/plan.ts';
import type { CaseState } from '../../../domain/case/state.ts';

const AGENCY = { role: 'agency', id: 'office' } as const;
const OFFICER = { role: 'officer', id: 'officer-1' } as const;
const SUPERVISOR = { role: 'supervisor', id: 'supervisor-1' } as const;
const SYSTEM = { role: 'system', id: 'due-instants' } as const;

const createStep = (id: string, kind: PlanStep['kind'], ...needs: string[]): PlanStep => ({
  ...{ id, agency: 'office', kind, undo: { class: 'none' } },
  needs: needs.length === 0 ? [] : [{ mode: 'all', of: needs }],
});

const createPlan = (steps: PlanStep[], over: Partial<Plan> = {}): Plan => ({
  ...{ matter: 'small-move', version: 1, hash: '0'.repeat(64), partial: true, onSilence: 'stop-step', steps },
  ...over,
});

const say = (message: Message): CaseEvent => ({ kind: 'message', at: 9, message });
const decide = (stepId: string, decision: DecisionKind, by: Message['by'] = AGENCY): CaseEvent =>
  say({ kind: 'decision', id: `${by.role}:${stepId}:${decision}`, by, stepId, round: 1, decision });
const play = (plan: Plan, ...events: CaseEvent[]): CaseState =>
  [{ kind: 'started', at: 1 } as const, ...events].reduce((state, event) => next(state, event).state, begin(plan, 0));

describe('不予受理', () => {
  const plan = createPlan([createStep('fee', 'pay'), createStep('intake', 'review', 'fee')], { acceptedBy: 'intake' });

  it('is what a person decides about the intake, and no system', () => {
    const asked = play(plan, decide('fee', 'approved'), decide('intake', 'refused'));
    expect(asked).toMatchObject({
      status: 'submitted',
      steps: { intake: { status: 'attention', attention: 'DECISION_BY_PERSON' } },
    });
    expect(next(asked, decide('intake', 'refused', OFFICER)).state.status).toBe('not-accepted');
  });

  it('is no end of a case whose intake was never reached, or not completed in time', () => {
    expect(play(plan, decide('fee', 'lapsed')).status).toBe('lapsed');
    const asked = play(plan, decide('fee', 'exempt'), decide('intake', 'supplement'));
    const notified = next(asked, say({ kind: 'due', id: 'g', by: SYSTEM, key: 'gathering:1' })).state;
    expect(next(notified, say({ kind: 'due', id: 's', by: SYSTEM, key: 'supplement:1' })).state).toMatchObject({
      status: 'returned',
      steps: { intake: { status: 'stopped' } },
    });
  });

  it('leaves a case open whose intake is approved by adoption: it is accepted then', () => {
    const late = play(plan, decide('fee', 'approved'));
    const adoption = { kind: 'adoption', id: 'a', by: SUPERVISOR, stepId: 'intake', adopts: 'm' } as const;
    expect(next(late, say({ ...adoption, decision: 'approved' })).entries.map(({ kind }) => kind)).toEqual([
      'step-decided',
      'case-accepted',
      'case-ended',
    ]);
  });
});

describe('an instant step whose rules do not hold', () => {
  const failed: CaseEvent = {
    ...{ kind: 'answered', at: 2, stepId: 'photo', round: 1 },
    answer: { kind: 'failed', code: 'RULES_NOT_MET' },
  };
  const waiting = [createPlan([createStep('photo', 'instant')]), failed] as const;
  const suspension = { kind: 'suspension', id: 's', by: SUPERVISOR, stepId: 'photo', procedure: 'other' } as const;

  it('waits for an officer, also while and after it is suspended', () => {
    const suspended = play(...waiting, say({ ...suspension, expectedDays: 1 }));
    const byMachine = next(suspended, decide('photo', 'approved'));
    expect(byMachine.outcome).toMatchObject({ kind: 'refused', code: 'DECISION_BY_PERSON' });
    const { state, effects } = next(
      byMachine.state,
      say({ kind: 'resumption', id: 'r', by: SUPERVISOR, stepId: 'photo' }),
    );
    expect(state.steps['photo']).toMatchObject({ status: 'attention', attention: 'RULES_NOT_MET' });
    expect(effects).toEqual([]);
    expect(next(state, decide('photo', 'refused', OFFICER)).state.steps['photo']).toMatchObject({ status: 'refused' });
  });

  it('is not sent again in the round that the rules have judged', () => {
    const resend = say({ kind: 'resend', id: 'r', by: SUPERVISOR, stepId: 'photo' });
    expect(next(play(...waiting), resend).outcome).toMatchObject({ kind: 'refused', code: 'ACTION_NOT_ALLOWED' });
  });
});

it('a payment that lapsed blocks what needs it, and can be done again after the end', () => {
  const plan = createPlan([createStep('fee', 'pay'), createStep('card', 'issue', 'fee')]);
  const lapsed = play(plan, decide('fee', 'lapsed'));
  expect(lapsed).toMatchObject({
    status: 'lapsed',
    steps: { fee: { status: 'lapsed' }, card: { status: 'blocked', because: 'fee' } },
  });
  const again = next(lapsed, say({ kind: 'redo', id: 'r', by: SUPERVISOR, stepId: 'fee' })).state;
  expect(again).toMatchObject({ status: 'accepted', steps: { card: { status: 'waiting' } } });
});
