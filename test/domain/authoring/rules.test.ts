import { describe, expect, it } from 'vitest';
import { decideByRules } from '../../../domain/matter/rules.ts';
import { changeSource, CLOCK, parseSource } from './small-matter.ts';

const { matter } = parseSource();
const formWith = (idNo?: string) => ({
  applicant: { name: '林晓雨', ...(idNo !== undefined && { idNo }) },
  way: 'post',
});

describe('decideByRules', () => {
  it('approves if every rule is true', () => {
    expect(decideByRules(matter, 'check', formWith('339900198802290020'), CLOCK, [])).toEqual({
      approved: true,
      trace: [
        { id: 'has-number', held: true },
        { id: 'adult', held: true },
      ],
    });
  });

  it('leaves the decision to a person if a rule is false, and records the result of every rule', () => {
    expect(decideByRules(matter, 'check', formWith('339900201709120064'), CLOCK, [])).toEqual({
      approved: false,
      trace: [
        { id: 'has-number', held: true },
        { id: 'adult', held: false },
      ],
    });
  });

  it('treats a rule that cannot be evaluated as false, and notes that without a value', () => {
    const { approved, trace } = decideByRules(matter, 'check', formWith(), CLOCK, []);
    expect(approved).toBe(false);
    expect(trace).toMatchObject([
      { id: 'has-number', held: false },
      { id: 'adult', held: false, note: 'it gives neither true nor false' },
    ]);
    const broken = parseSource(changeSource('expr: applicant.idNo != null', 'expr: applicant.nickname != null')).matter;
    expect(decideByRules(broken, 'check', formWith('339900198802290020'), CLOCK, []).trace[0]).toEqual({
      id: 'has-number',
      held: false,
      note: 'NO_CONTEXT_ENTRY_FOUND at “nickname”',
    });
  });

  it.each(['intake', 'nothing'])('approves nothing for %s, which has no rules', (stepId) => {
    expect(decideByRules(matter, stepId, formWith('339900198802290020'), CLOCK, [])).toEqual({
      approved: false,
      trace: [],
    });
  });
});
