import { describe, expect, it } from 'vitest';
import { MOST_ITEMS } from '../../../domain/case/decisions.ts';
import { begin, next } from '../../../domain/case/engine.ts';
import type { CaseEvent, Message } from '../../../domain/case/messages.ts';
import type { Plan } from '../../../domain/case/plan.ts';
import type { CaseState } from '../../../domain/case/state.ts';

const POLICE = { role: 'agency', id: 'police' } as const;
const OFFICER = { role: 'officer', id: 'police-1' } as const;

/** Two agencies work side by side, so that the notice gathers until both have spoken. */
const PLAN: Plan = {
  matter: 'small-move',
  version: 1,
  hash: '0'.repeat(64),
  partial: false,
  onSilence: 'return-case',
  steps: [
    { id: 'register', agency: 'police', kind: 'register', needs: [], undo: { class: 'none' } },
    { id: 'check', agency: 'post', kind: 'verify', needs: [], undo: { class: 'none' } },
  ],
};

type Decision = Extract<Message, { kind: 'decision' }>;

const askFor = (id: string, digest: string, more: Partial<Decision> = {}): Message => ({
  kind: 'decision',
  id,
  by: POLICE,
  stepId: 'register',
  round: 1,
  decision: 'supplement',
  digest,
  ...more,
});
const started = next(begin(PLAN, 0), { kind: 'started', at: 1 }).state;
const tell = (state: CaseState, ...events: CaseEvent[]): CaseState =>
  events.reduce((before, event) => next(before, event).state, state);
const say = (message: Message): CaseEvent => ({ kind: 'message', at: 2, message });
const itemsOf = (state: CaseState) =>
  state.notices['1']?.items.map(({ id, messageId, place }) => [id, messageId, place]);

const gathering = tell(started, say(askFor('m1', 'mother', { items: 2 })));

describe('a second request of one agency for missing things', () => {
  it('joins the notice while it gathers, whether its system or its officer asks', () => {
    for (const by of [POLICE, OFFICER]) {
      const { state, outcome } = next(gathering, say(askFor('m2', 'father', { by })));
      expect(outcome).toEqual({ kind: 'applied' });
      expect(itemsOf(state)).toEqual([
        ['register:1:1', 'm1', 0],
        ['register:1:2', 'm1', 1],
        ['register:1:3', 'm2', 0],
      ]);
      expect(state.steps['register']).toMatchObject({ status: 'supplement', round: 1, decided: { messageId: 'm2' } });
    }
  });

  it('joins it also as the reply to the request', () => {
    const answer = { kind: 'decided', decision: 'supplement', messageId: 'm2', digest: 'father' } as const;
    const state = tell(gathering, { kind: 'answered', at: 2, stepId: 'register', round: 1, answer });
    expect(itemsOf(state)).toHaveLength(3);
  });

  it('is repeated when it asks for the same as any request of this round', () => {
    const both = tell(gathering, say(askFor('m2', 'father')));
    for (const digest of ['mother', 'father']) {
      const { entries, outcome } = next(both, say(askFor('m3', digest)));
      expect([outcome, entries]).toEqual([{ kind: 'repeated' }, []]);
    }
  });

  it('is refused with the first when the applicant was told', () => {
    const told = tell(gathering, say(askFor('c1', 'fine', { stepId: 'check', decision: 'approved' })));
    expect(told.notices['1']?.status).toBe('open');
    expect(next(told, say(askFor('m2', 'father'))).outcome).toMatchObject({
      kind: 'refused',
      code: 'STEP_ALREADY_DECIDED',
      first: { messageId: 'm1' },
    });
  });

  it('is refused when one round would ask for too many things', () => {
    expect(next(gathering, say(askFor('m2', 'long', { items: MOST_ITEMS - 2 }))).outcome).toEqual({ kind: 'applied' });
    expect(next(gathering, say(askFor('m2', 'long', { items: MOST_ITEMS - 1 }))).outcome).toMatchObject({
      code: 'STEP_ALREADY_DECIDED',
    });
  });

  it('is answered together with the first: the step is sent again when every item has its answer', () => {
    const both = tell(gathering, say(askFor('m2', 'father')));
    const answer = (id: string, items: string[]): CaseEvent =>
      say({ kind: 'supplement-answer', id, by: OFFICER, noticeId: '1', items, affected: [] });
    const part = tell(both, answer('a1', ['register:1:1', 'register:1:2']));
    expect(part.steps['register']?.status).toBe('supplement');
    expect(tell(part, answer('a2', ['register:1:3'])).steps['register']).toMatchObject({
      status: 'submitted',
      round: 2,
    });
  });
});

describe('the reply to a request', () => {
  it('that says otherwise than the callback before it is refused and on record', () => {
    const decided = tell(started, say(askFor('m1', 'C-1', { decision: 'approved' })));
    const answer = { kind: 'decided', decision: 'approved', messageId: 'm2', digest: 'C-2' } as const;
    expect(next(decided, { kind: 'answered', at: 3, stepId: 'register', round: 1, answer }).entries).toMatchObject([
      { kind: 'message-refused', messageId: 'm2', code: 'STEP_ALREADY_DECIDED' },
    ]);
  });
});
