import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../domain/case/effects.ts';
import { begin, next } from '../../../domain/case/engine.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import type { CaseEvent, Message } from '../../../domain/case/messages.ts';
import type { Plan, PlanStep, StepKind } from '../../../domain/case/plan.ts';
import type { CaseState } from '../../../domain/case/state.ts';

const AGENCY = { role: 'agency', id: 'police' } as const;
const SUPERVISOR = { role: 'supervisor', id: 'supervisor-1' } as const;

const reader = (id: string, kind: StepKind): PlanStep => ({
  id,
  agency: 'post',
  kind,
  needs: [{ mode: 'all', of: ['register'] }],
  reads: ['register'],
  undo: { class: 'none' },
});
const PLAN: Plan = {
  matter: 'card-application',
  version: 1,
  hash: '0'.repeat(64),
  partial: true,
  onSilence: 'return-case',
  steps: [
    { id: 'register', agency: 'police', kind: 'register', needs: [], undo: { class: 'none' } },
    reader('opinion', 'approve'),
    reader('card', 'issue'),
    // It keeps the case open.
    { id: 'other', agency: 'post', kind: 'approve', needs: [], undo: { class: 'none' } },
  ],
};

interface Told {
  state: CaseState;
  entries: LedgerEntry[];
  effects: Effect[];
}

const tell = (state: CaseState, ...events: CaseEvent[]): Told =>
  events.reduce<Told>(
    (before, event) => {
      const { state: after, entries, effects } = next(before.state, event);
      return { state: after, entries: [...before.entries, ...entries], effects: [...before.effects, ...effects] };
    },
    { state, entries: [], effects: [] },
  );
const say = (message: Message): CaseEvent => ({ kind: 'message', at: 9, message });
const decide = (stepId: string, round: number, more: object = {}, id = `${stepId}-${round}`): CaseEvent =>
  say({ kind: 'decision', id, by: AGENCY, stepId, round, decision: 'approved', ...more });
const redo = (stepId: string): CaseEvent => say({ kind: 'redo', id: `redo-${stepId}`, by: SUPERVISOR, stepId });
const started = tell(begin(PLAN, 0), { kind: 'started', at: 1 }).state;
const submits = ({ effects }: Told) => effects.filter(({ kind }) => kind === 'submit');
const kindsOf = ({ entries }: Told) => entries.map(({ kind }) => kind);

describe('a step that reads a result', () => {
  it('is sent the message that gave it, and its digest', () => {
    const decided = tell(started, decide('register', 1, { result: 'digest-1' }));
    const results = [{ stepId: 'register', messageId: 'register-1', digest: 'digest-1' }];
    expect(submits(decided)).toMatchObject([
      { stepId: 'opinion', results },
      { stepId: 'card', results },
    ]);
    expect(decided.entries[0]).toMatchObject({ kind: 'step-decided', result: 'digest-1' });
  });

  it('is sent the same again in the same round', () => {
    const { state } = tell(started, decide('register', 1, { result: 'digest-1' }), redo('register'));
    const again = tell(state, say({ kind: 'resend', id: 'resend', by: SUPERVISOR, stepId: 'card' }));
    expect(submits(again)).toMatchObject([{ stepId: 'card', round: 1, results: [{ messageId: 'register-1' }] }]);
  });

  it('is sent nothing of a step that gave no result', () => {
    const steps = PLAN.steps.map((step) => ({
      ...step,
      needs: step.needs.map(({ of }) => ({ mode: 'settled' as const, of })),
    }));
    const { state } = tell(begin({ ...PLAN, steps }, 0), { kind: 'started', at: 1 });
    const refused = tell(state, decide('register', 1, { decision: 'refused' }));
    expect(submits(refused).map((effect) => 'results' in effect)).toEqual([false, false]);
  });
});

describe('a step that is done again', () => {
  const { state: redone } = tell(
    started,
    decide('register', 1, { result: 'digest-1' }),
    decide('opinion', 1),
    decide('card', 1),
    redo('register'),
  );

  it('with another result has it sent again to opinions, and asks a person about facts', () => {
    const decided = tell(redone, decide('register', 2, { result: 'digest-2' }));
    expect(submits(decided)).toMatchObject([
      { stepId: 'opinion', round: 2, results: [{ messageId: 'register-2', digest: 'digest-2' }] },
    ]);
    expect(decided.state.steps['card']).toMatchObject({ status: 'attention', attention: 'CORRECTION_BY_PERSON' });
  });

  it('with the same result changes nothing for the others', () => {
    const decided = tell(redone, decide('register', 2, { result: 'digest-1' }));
    expect(kindsOf(decided)).toEqual(['step-decided']);
  });

  it('with a refusal takes its result from the others', () => {
    const decided = tell(redone, decide('register', 2, { decision: 'refused' }));
    const [sent] = submits(decided);
    expect(sent).toMatchObject({ stepId: 'opinion', round: 2 });
    expect(sent).not.toHaveProperty('results');
  });

  it('by an adoption has its result sent too', () => {
    const adoption = { kind: 'adoption', id: 'adopt', by: SUPERVISOR, stepId: 'register', adopts: 'late' } as const;
    const decided = tell(redone, say({ ...adoption, decision: 'approved', result: 'digest-3' }));
    expect(submits(decided)).toMatchObject([{ stepId: 'opinion', results: [{ messageId: 'adopt' }] }]);
  });
});

describe('a corrected value of the form that both steps use', () => {
  const affected = ['register', 'opinion'];
  const correction: Message = { kind: 'correction', id: 'correct', by: SUPERVISOR, affected };
  const plan = {
    ...PLAN,
    steps: PLAN.steps.map((step) => (step.id === 'register' ? { ...step, kind: 'verify' as const } : step)),
  };
  const done = tell(begin(plan, 0), { kind: 'started', at: 1 }, decide('register', 1, { result: 'digest-1' })).state;
  const corrected = tell(done, say(correction));

  it('has the second sent again with the earlier result, until the first is decided again', () => {
    expect(submits(corrected)).toMatchObject([
      { stepId: 'register', round: 2 },
      { stepId: 'opinion', round: 2, results: [{ messageId: 'register-1' }] },
    ]);
    expect(submits(tell(corrected.state, decide('register', 2, { result: 'digest-1' })))).toEqual([]);
    expect(submits(tell(corrected.state, decide('register', 2, { result: 'digest-2' })))).toMatchObject([
      { stepId: 'opinion', round: 3, results: [{ messageId: 'register-2' }] },
      { stepId: 'card', round: 2, results: [{ messageId: 'register-2' }] },
    ]);
  });
});

describe('a result that is not whole', () => {
  const faulty = tell(started, decide('register', 1, { faultyFields: ['idNo'] }));

  it('does not count: its step waits for a person, and the ledger names the fields', () => {
    expect(faulty.state.steps['register']).toMatchObject({ status: 'attention', attention: 'RESULT_INVALID' });
    expect(faulty.entries).toMatchObject([
      { kind: 'message-refused', code: 'RESULT_INVALID' },
      { kind: 'step-attention', code: 'RESULT_INVALID', fields: ['idNo'] },
    ]);
    expect(submits(faulty)).toEqual([]);
  });

  it('is replaced by one that is', () => {
    const { state } = tell(faulty.state, decide('register', 1, { result: 'digest-1' }, 'corrected'));
    expect(state.steps['register']).toMatchObject({ status: 'done' });
  });
});

it('a confirmation by papers gives the result that the register could not give', () => {
  const steps = PLAN.steps.map((step) => (step.id === 'register' ? { ...step, kind: 'verify' as const } : step));
  const missed = tell(
    begin({ ...PLAN, steps }, 0),
    { kind: 'started', at: 1 },
    decide('register', 1, { decision: 'missed' }),
  );
  const confirmation = {
    kind: 'confirmation',
    id: 'seen',
    by: SUPERVISOR,
    stepId: 'register',
    result: 'digest-1',
  } as const;
  expect(submits(tell(missed.state, say(confirmation)))).toMatchObject([
    { stepId: 'opinion', results: [{ stepId: 'register', messageId: 'seen', digest: 'digest-1' }] },
    { stepId: 'card', results: [{ stepId: 'register', messageId: 'seen', digest: 'digest-1' }] },
  ]);
});
