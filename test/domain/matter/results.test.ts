import { describe, expect, it } from 'vitest';
import { readResult } from '../../../domain/form/result-reading.ts';
import { compilePlan, getStep } from '../../../domain/matter/compile.ts';
import { discloseResults, parseResultPath, resultName, type StepResult } from '../../../domain/matter/results.ts';
import { decideByRules } from '../../../domain/matter/rules.ts';
import type { Matter } from '../../../domain/matter/schema.ts';
import { CARD_APPLICATION } from '../../support/matters.ts';

const CLOCK = { now: Date.UTC(2026, 10, 29) };
const FIRST = '339900198802290020';
const SECOND = '339900199003070018';
const people = (count: number) => ({ people: Array.from({ length: count }, () => ({ name: '林晓雨' })) });
const planOf = (count: number) => compilePlan(CARD_APPLICATION, 'a'.repeat(64), people(count), CLOCK);
const register = getStep(CARD_APPLICATION, 'register');

describe('the plan of a step that reads results', () => {
  it('names the step of the same item, and waits for it', () => {
    const { steps } = planOf(2);
    expect(steps.find(({ id }) => id === 'card.2')).toMatchObject({
      reads: ['register.2'],
      needs: [{ mode: 'all', of: ['register.2'] }],
    });
  });

  it('names the steps of all items if it is not repeated itself', () => {
    expect(planOf(2).steps.find(({ id }) => id === 'report')?.reads).toEqual(['register.1', 'register.2']);
  });

  it('waits for their end also if the need between them is an alternative', () => {
    const steps = CARD_APPLICATION.steps.map((step) =>
      step.id === 'report' ? { ...step, needs: [{ anyOf: ['register', 'card'] }] } : step,
    );
    const plan = compilePlan({ ...CARD_APPLICATION, steps }, 'a'.repeat(64), people(1), CLOCK);
    expect(plan.steps.find(({ id }) => id === 'report')?.needs).toEqual([
      { mode: 'any', of: ['register', 'card'] },
      { mode: 'settled', of: ['register'] },
    ]);
  });

  it('names nothing where no result is read', () => {
    expect(planOf(1).steps[0]).not.toHaveProperty('reads');
  });
});

describe('a result', () => {
  it('is read as a form is: normalised, without what is not declared', () => {
    const given = { idNo: '３３９９００ 19880229-0020', copies: 2, certificateNo: 'A-1' };
    expect(readResult(register, given, CLOCK)).toEqual({ values: { idNo: FIRST, copies: 2 }, problems: [] });
  });

  it.each([
    ['misses a required field', { copies: 2 }, [['idNo', 'required']]],
    ['has an empty required field', { idNo: ' ' }, [['idNo', 'required']]],
    ['is absent', undefined, [['idNo', 'required']]],
    ['has a wrong check digit', { idNo: '339900198802290021' }, [['idNo', 'citizen-id']]],
    ['has a number for a text', { idNo: 7 }, [['idNo', 'wrong-type']]],
    ['has a wrong optional field', { idNo: FIRST, copies: 'two' }, [['copies', 'wrong-type']]],
    [
      'has two faults',
      { idNo: 7, copies: 0 },
      [
        ['idNo', 'wrong-type'],
        ['copies', 'too-small'],
      ],
    ],
  ])('that %s has no values at all', (_, given, faults) => {
    const { values, problems } = readResult(register, given, CLOCK);
    expect(values).toEqual({});
    expect(problems.map(({ path, rule }) => [path, rule])).toEqual(faults);
  });

  it('of a step that declares none is never wrong', () => {
    const given = { anything: 'at all' };
    expect(readResult(getStep(CARD_APPLICATION, 'card'), given, CLOCK)).toEqual({ values: {}, problems: [] });
  });
});

describe('what an agency sees of results', () => {
  const results: StepResult[] = [
    { stepId: 'register.1', values: { idNo: FIRST, copies: 2 } },
    { stepId: 'register.2', values: { idNo: SECOND } },
  ];

  it('is what its step discloses and no more, with the item', () => {
    expect(discloseResults(CARD_APPLICATION, getStep(CARD_APPLICATION, 'report'), results)).toEqual([
      { step: 'register', name: register.name, item: 1, values: { idNo: FIRST } },
      { step: 'register', name: register.name, item: 2, values: { idNo: SECOND } },
    ]);
  });

  it('is nothing if it discloses none', () => {
    expect(discloseResults(CARD_APPLICATION, register, results)).toEqual([]);
  });
});

describe('a rule about a result', () => {
  const rule = (expr: string) => ({ id: 'rule', name: { zh: '规则', en: 'Rule' }, source: '测试', expr });
  const withRule = (stepId: string, expr: string): Matter => ({
    ...CARD_APPLICATION,
    steps: CARD_APPLICATION.steps.map((step) => (step.id === stepId ? { ...step, rules: [rule(expr)] } : step)),
  });
  const judged = (stepId: string, expr: string, results: StepResult[], count = 2) =>
    decideByRules(withRule(stepId.split('.')[0]!, expr), stepId, people(count), CLOCK, results).approved;
  const results: StepResult[] = [{ stepId: 'register.2', values: { idNo: SECOND, copies: 3 } }];

  it('reads the result of the same item', () => {
    expect(judged('card.2', 'results.register.copies = 3', results)).toBe(true);
    expect(judged('card.1', 'results.register.copies = null', results)).toBe(true);
  });

  it('reads the results of all items if its step is not repeated', () => {
    expect(judged('report', 'count(results.register) = 2 and results.register[2].copies = 3', results)).toBe(true);
    expect(judged('report', 'every one in results.register satisfies one.copies = 3', results)).toBe(false);
  });

  it('reads the result of a list with one item', () => {
    expect(judged('card', 'results.register.copies = 3', [{ ...results[0]!, stepId: 'register' }], 1)).toBe(true);
  });

  it('does not hold where there is no result', () => {
    expect(judged('card.1', 'results.register.copies > 0', results)).toBe(false);
  });

  it('makes its step wait for the result', () => {
    const plan = compilePlan(withRule('card', 'results.register.copies > 0'), 'a'.repeat(64), people(1), CLOCK);
    expect(plan.steps.find(({ id }) => id === 'card')?.reads).toEqual(['register']);
  });
});

describe('the name of a result', () => {
  it('is the id of its step in camelCase', () => {
    expect(resultName('household-registration')).toBe('householdRegistration');
  });

  it('stands before the field in a path', () => {
    expect(parseResultPath('result:household-registration.citizenIdNo')).toEqual({
      step: 'household-registration',
      field: 'citizenIdNo',
    });
    expect(parseResultPath('household.citizenIdNo')).toBeUndefined();
  });
});
