import { describe, expect, it } from 'vitest';
import { isTooEarly } from '../../../domain/case/decisions.ts';
import { next } from '../../../domain/case/engine.ts';
import type { CaseEvent, Message } from '../../../domain/case/messages.ts';
import {
  hear,
  MOST_KEPT_ANSWERS,
  MOST_WITHOUT_EFFECT,
  mustJudge,
  type Heard,
} from '../../../domain/case/without-effect.ts';
import { simulate } from './simulator.ts';

const QUIET: Heard = { known: false, waiting: false, withoutEffect: 0, kept: 0 };
const SEEDS = Array.from({ length: 1_500 }, (_, index) => index + 1);

const stepIdOf = (message: Message) => ('stepId' in message ? message.stepId : undefined);
/** A message about another step leaves what was said about this one. */
const concerns = (event: CaseEvent, stepId: string | undefined) =>
  event.kind === 'message' && (stepIdOf(event.message) ?? stepId) === stepId;

/** Every message of the schedules, with the state that it found. */
const listMessages = () =>
  SEEDS.flatMap((seed) => {
    const run = simulate(seed);
    return run.events.flatMap((event, index) =>
      event.kind === 'message' ? [{ run, index, message: event.message, before: run.states[index]! }] : [],
    );
  });

describe('a message that is judged by the record', () => {
  const messages = listMessages();

  it('gets the outcome that the case would give it, and the same one until another message about its step comes', () => {
    let settled = 0;
    for (const { run, index, message, before } of messages) {
      const hearing = hear(before, message, QUIET, 0);
      if (hearing.kind !== 'settle') continue;
      settled += 1;
      expect(hearing.outcome).toEqual(next(before, { kind: 'message', at: 0, message }).outcome);
      for (let later = index; later < run.states.length; later += 1) {
        expect(next(run.states[later]!, { kind: 'message', at: 0, message }).outcome.kind).not.toBe('applied');
        const event = run.events[later];
        if (event && later > index && concerns(event, stepIdOf(message))) break;
      }
    }
    expect(settled).toBeGreaterThan(1_000);
  });

  it('is always dispatched if it can change something, whatever its sender has said before', () => {
    const loud: Heard = { known: false, waiting: true, withoutEffect: 1_000, kept: 1_000 };
    for (const { message, before } of messages) {
      const { outcome } = next(before, { kind: 'message', at: 0, message });
      if (outcome.kind === 'applied') expect(hear(before, message, loud, 0)).toEqual({ kind: 'dispatch' });
    }
  });

  it('is judged by the record whenever it is not dispatched', () => {
    const noted = [QUIET, { ...QUIET, withoutEffect: MOST_WITHOUT_EFFECT }, { ...QUIET, kept: MOST_KEPT_ANSWERS }];
    let skipped = 0;
    for (const { message, before } of messages) {
      const step = before.steps[stepIdOf(message) ?? ''];
      for (const heard of noted) {
        if (mustJudge({ status: before.status, step }, message, heard)) continue;
        skipped += 1;
        expect(hear(before, message, heard, 0)).toEqual({ kind: 'dispatch' });
      }
    }
    expect(skipped).toBeGreaterThan(1_000);
  });

  it('is refused after some without effect, is dispatched while others wait, and has no words in a full queue', () => {
    const late = messages.find(
      ({ message, before }) =>
        message.kind === 'decision' &&
        message.by.role === 'agency' &&
        !isTooEarly(before, message) &&
        hear(before, message, QUIET, 0).kind === 'settle' &&
        next(before, { kind: 'message', at: 0, message }).outcome.kind === 'refused',
    )!;
    const kindOf = (heard: Partial<Heard>) => hear(late.before, late.message, { ...QUIET, ...heard }, 0).kind;
    expect(kindOf({ withoutEffect: MOST_WITHOUT_EFFECT - 1 })).toBe('settle');
    expect(kindOf({ withoutEffect: MOST_WITHOUT_EFFECT })).toBe('too-many');
    expect(kindOf({ known: true, withoutEffect: MOST_WITHOUT_EFFECT })).toBe('dispatch');
    expect(kindOf({ waiting: true })).toBe('dispatch');
    expect(kindOf({ kept: MOST_KEPT_ANSWERS })).toBe('discard');
    expect(kindOf({ kept: MOST_KEPT_ANSWERS, waiting: true })).toBe('too-many');
  });
});
