import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintMatter } from '../../../domain/authoring/lint.ts';
import { loadMatter } from '../../../domain/authoring/load.ts';
import {
  isTooLarge,
  MAX_FORM_VALUES,
  MAX_LINKS,
  MAX_STEPS,
  measureMatter,
  measurePlan,
} from '../../../domain/matter/bounds.ts';
import { compilePlan } from '../../../domain/matter/compile.ts';
import type { Matter } from '../../../domain/matter/schema.ts';
import { wideForm, wideMatter } from '../../support/matters.ts';
import { AGENCIES, CLOCK, parseSource, positionOf } from './small-matter.ts';

const lint = (matter: Matter): string[] =>
  lintMatter(matter, AGENCIES).map(({ rule, path, fix }) => `${rule} ${path.join('.')} ${fix.en}`);
const planOf = (matter: Matter, items: number) => compilePlan(matter, 'a'.repeat(64), wideForm(items), CLOCK);

describe('the steps of a case', () => {
  it('are bounded by the linter, at the list that adds most of them', () => {
    const source = JSON.stringify(wideMatter(400), null, 2);
    const loaded = loadMatter(source, 'wide/matter.yaml', AGENCIES);
    const [line, column] = positionOf(source, '400').split(':').map(Number);
    expect(loaded.ok ? [] : loaded.problems).toContainEqual({
      file: 'wide/matter.yaml',
      line,
      column,
      rule: 'case-too-large',
      path: 'form[0].maxItems',
      message: {
        zh: '各列表全部填满时办件有 1600 个环节，最多允许 200 个',
        en: 'With every list full a case has 1600 steps, and at most 200 are possible',
      },
      fix: {
        zh: '请减小“rows”的 maxItems，或减少按它重复的环节。',
        en: 'Lower maxItems of “rows”, or repeat fewer steps over it.',
      },
    });
  });

  it('may reach the bound, and not pass it', () => {
    expect(lint(wideMatter(MAX_STEPS / 4))).toEqual([]);
    expect(lint(wideMatter(MAX_STEPS / 4 + 1))).toEqual([expect.stringMatching(/^case-too-large form\.0\.maxItems /)]);
    expect(isTooLarge(measurePlan(planOf(wideMatter(400), 50)))).toBe(false);
    expect(isTooLarge(measurePlan(planOf(wideMatter(400), 51)))).toBe(true);
  });

  it('count without any list', () => {
    const { matter } = parseSource();
    const [step] = matter.steps;
    const steps = Array.from({ length: MAX_STEPS + 1 }, (_, index) => ({ ...step!, id: `step-${index}` }));
    expect(lint({ ...matter, steps })).toContain(
      'case-too-large steps Divide the matter, or combine steps of one agency.',
    );
  });

  it('are few, but have too many links where every item of a list waits for every item of another', () => {
    const matter = wideMatter(60);
    const [rows] = matter.form;
    const [first, second] = matter.steps;
    const crossed: Matter = {
      ...matter,
      form: [rows!, { ...rows!, id: 'others' }],
      steps: [first!, { ...second!, forEach: 'others', discloses: ['others[].amount'] }],
    };
    expect(measureMatter(crossed)).toEqual({ steps: 120, links: 60 * 60 });
    expect(60 * 60).toBeGreaterThan(MAX_LINKS);
    expect(lint(crossed)).toEqual([expect.stringMatching(/^case-too-large form\.0\.maxItems /)]);
  });

  it('are counted as the compiler makes them', () => {
    const { matter: small } = parseSource();
    const children = { name: '林晓', born: '2020-01-01', share: 1 };
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), (items) => {
        const wide = wideMatter(items);
        expect(measurePlan(planOf(wide, items))).toEqual(measureMatter(wide));
        const matter = { ...small, form: small.form.map((field) => ({ ...field, maxItems: items })) };
        const form = { way: 'post', children: Array.from({ length: items }, () => children) };
        expect(measurePlan(compilePlan(matter, 'a'.repeat(64), form, CLOCK))).toEqual(measureMatter(matter));
      }),
    );
  });

  it('cannot come from a form that is not read', () => {
    expect(MAX_FORM_VALUES).toBeGreaterThanOrEqual(1 + 2 * (MAX_STEPS / 4));
  });
});
