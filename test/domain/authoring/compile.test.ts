import { describe, expect, it } from 'vitest';
import { compilePlan, explainPlan, findStep } from '../../../domain/matter/compile.ts';
import type { Form } from '../../../domain/matter/values.ts';
import { changeSource, CLOCK, parseSource } from './small-matter.ts';

const { matter, hash } = parseSource();

const createChild = (share?: number): Form => ({
  name: '陈一诺',
  born: '2024-11-18',
  ...(share !== undefined && { share }),
});
const formWith = (children: Form[], way = 'post'): Form => ({ applicant: { name: '林晓雨' }, way, children });

const planOf = (form: Form, definition = matter) => compilePlan(definition, hash, form, CLOCK);
const stepOf = (form: Form, id: string) => planOf(form).steps.find((step) => step.id === id)!;

describe('compilePlan', () => {
  it('contains what the engine needs, and no personal data', () => {
    const plan = planOf(formWith([createChild()]));
    expect(plan).toMatchObject({ matter: 'small-matter', version: 1, hash, acceptedBy: 'intake', partial: true });
    expect(JSON.stringify(plan)).not.toMatch(/林晓雨|陈一诺|2024-11-18/);
    expect(stepOf(formWith([createChild()]), 'card')).toEqual({
      id: 'card',
      agency: 'police',
      kind: 'issue',
      needs: [{ mode: 'all', of: ['check'] }],
      undo: { class: 'void', whenFails: ['entry'] },
    });
  });

  it('repeats a step for every item, with numbers if there are several', () => {
    const listIds = (count: number) =>
      planOf(formWith(Array.from({ length: count }, () => createChild()))).steps.map(({ id }) => id);
    expect(listIds(0)).toEqual(['intake', 'check', 'parcel', 'notice']);
    expect(listIds(1)).toEqual(['intake', 'check', 'card', 'entry', 'parcel', 'notice']);
    expect(listIds(2)).toEqual(['intake', 'check', 'card.1', 'card.2', 'entry.1', 'entry.2', 'parcel', 'notice']);
  });

  it('lets the step of an item wait for the same item, and a step of the case for all items', () => {
    const twins = formWith([createChild(), createChild()]);
    expect(stepOf(twins, 'entry.2').needs).toEqual([
      { mode: 'all', of: ['intake'] },
      { mode: 'any', of: ['card.2', 'check'] },
    ]);
    expect(stepOf(twins, 'card.1').undo).toEqual({ class: 'void', whenFails: ['entry.1'] });
    expect(stepOf(twins, 'intake').undo).toEqual({ class: 'withdraw', standsAfter: ['card.1', 'card.2'] });
    expect(stepOf(twins, 'parcel').needs).toEqual([{ mode: 'some', of: ['card.1', 'card.2', 'entry.1', 'entry.2'] }]);
    expect(stepOf(twins, 'notice').needs).toEqual([{ mode: 'settled', of: ['entry.1', 'entry.2', 'parcel'] }]);
  });

  it('lets no step wait for the steps of an empty list', () => {
    expect(stepOf(formWith([]), 'parcel').needs).toEqual([]);
    expect(stepOf(formWith([]), 'intake').undo).toEqual({ class: 'withdraw' });
  });

  it('marks a step that does not apply as skipped, item by item', () => {
    const listSkipped = (form: Form) =>
      planOf(form)
        .steps.filter(({ skip }) => skip)
        .map(({ id }) => id);
    expect(listSkipped(formWith([createChild(100), createChild(0)]))).toEqual(['card.2']);
    expect(listSkipped(formWith([createChild()], 'window'))).toEqual(['parcel']);
  });

  it('puts every step after the steps that it needs, in any order of the file', () => {
    const reversed = { ...matter, steps: [...matter.steps].reverse() };
    const seen = new Set<string>();
    for (const { id, needs } of planOf(formWith([createChild(), createChild()]), reversed).steps) {
      for (const needed of needs.flatMap(({ of }) => of)) expect(seen).toContain(needed);
      seen.add(id);
    }
    expect(seen.size).toBe(8);
  });

  it.each([
    ['gives neither true nor false', 'when: string length(applicant.idNo) > 3', 'condition of step parcel'],
    ['gives a text', 'when: way', 'condition of step parcel'],
    ['uses an unknown name', 'when: applicant.nickname = null', 'condition of step parcel.*nickname'],
  ])('fails with the id of the step at a condition that %s', (_, when, message) => {
    const broken = parseSource(changeSource('when: byPost', when)).matter;
    const attempt = () => planOf(formWith([createChild()]), broken);
    expect(attempt).toThrow(new RegExp(message));
    expect(attempt).toThrow(expect.objectContaining({ code: 'MATTER_FAULT' }));
  });

  it('fails at a derived value that cannot be computed, without repeating a value of the form', () => {
    const broken = parseSource(changeSource('expr: way = "post" }', 'expr: applicant.name + 1 }')).matter;
    const attempt = () => planOf(formWith([createChild()]), broken);
    expect(attempt).toThrow(/derived value byPost/);
    expect(attempt).not.toThrow(/林晓雨/);
  });

  it('does not fail at a warning if the condition is true or false', () => {
    const guarded = parseSource(
      changeSource('when: byPost', 'when: applicant.idNo != null and applicant.idNo + "x" = "1x"'),
    ).matter;
    expect(planOf(formWith([createChild()]), guarded).steps.find(({ id }) => id === 'parcel')?.skip).toBe(true);
  });
});

describe('explainPlan', () => {
  it('tells for every step whether it applies, and the condition in words', () => {
    expect(explainPlan(matter, formWith([createChild(100), createChild(0)], 'window'), CLOCK)).toMatchObject([
      { stepId: 'intake', name: { zh: '受理' }, included: true },
      { stepId: 'check', included: true },
      { stepId: 'card.1', included: true, whenText: { zh: '有份额的', en: 'With a share' } },
      { stepId: 'card.2', included: false, whenText: { zh: '有份额的', en: 'With a share' } },
      { stepId: 'entry.1', included: true },
      { stepId: 'entry.2', included: true },
      { stepId: 'parcel', included: false, whenText: { zh: '邮寄的', en: 'By post' } },
      { stepId: 'notice', included: true },
    ]);
  });
});

describe('findStep', () => {
  it('finds the definition of a step of the plan, and its item', () => {
    expect(findStep(matter, 'card')).toMatchObject({ step: { id: 'card' }, item: { list: 'children', index: 0 } });
    expect(findStep(matter, 'card.2')).toMatchObject({ step: { id: 'card' }, item: { list: 'children', index: 1 } });
    expect(findStep(matter, 'intake')).toEqual({ step: matter.steps[0] });
  });

  it.each(['nothing', 'intake.1', 'card.0', 'card.x', 'card.1.1', ''])('finds nothing for %j', (id) => {
    expect(findStep(matter, id)).toBeUndefined();
  });
});
