import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilePlan, explainPlan } from '../../../domain/matter/compile.ts';
import { matchConfirmations, type Confirmation } from '../../../domain/form/confirmations.ts';
import { checkForm } from '../../../domain/form/form.ts';
import type { LoadedMatter } from '../../../domain/authoring/load.ts';
import { loadCatalog } from '../../../domain/authoring/load-catalog.ts';
import type { Text } from '../../../domain/matter/schema.ts';

/** The samples were signed on 20 November 2024. */
const CLOCK = { now: Date.parse('2024-11-21T09:00:00+08:00') };

interface Sample {
  title: Text;
  request: { matter: string; form: unknown; confirm?: Confirmation[] };
  expect: {
    steps?: string[];
    problems?: { path: string; rule: string }[];
    /** Besides those that the request confirms. */
    warnings?: { path: string; rule: string }[];
  };
}

const catalogFolder = join(import.meta.dirname, '../../../catalog');
const catalog = await loadCatalog(catalogFolder);
/** `samples/valid` and `samples/invalid` of every matter. */
const samplesIn = (kind: 'valid' | 'invalid') =>
  readdirSync(catalogFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.includes(`/samples/${kind}/`) && file.endsWith('.json'))
    .map((file) => ({
      name: file,
      matter: file.split('/')[0]!,
      sample: JSON.parse(readFileSync(join(catalogFolder, file), 'utf8')) as Sample,
    }));

const getMatter = (code: string): LoadedMatter => {
  if (!catalog.ok) throw new Error('The catalog has problems');
  return catalog.matters.find(({ matter }) => matter.code === code)!;
};

const formOf = ({ matter, sample }: (typeof valid)[number]) => {
  const checked = checkForm(getMatter(matter).matter, sample.request.form, CLOCK);
  return checked.ok ? checked.form : expect.fail(JSON.stringify(checked.problems));
};

const valid = samplesIn('valid');
const invalid = samplesIn('invalid');
const comparePaths = (a: { path: string; rule: string }, b: { path: string; rule: string }) =>
  `${a.path} ${a.rule}`.localeCompare(`${b.path} ${b.rule}`);

describe('the catalog', () => {
  it('loads without a problem', () => {
    expect(catalog).toMatchObject({ ok: true, warnings: [] });
  });

  it('has valid and invalid samples of every matter', () => {
    const codes = catalog.ok ? catalog.matters.map(({ matter }) => matter.code) : [];
    expect(codes).toHaveLength(3);
    for (const code of codes) {
      expect(valid.some(({ matter }) => matter === code)).toBe(true);
      expect(invalid.some(({ matter }) => matter === code)).toBe(true);
    }
  });

  it('has, for each step, a sample with it and, if it is conditional, one without it', () => {
    if (!catalog.ok) expect.fail();
    for (const { matter } of catalog.matters) {
      const reasons = valid
        .filter((one) => one.matter === matter.code)
        .flatMap((one) => explainPlan(matter, formOf(one), CLOCK));
      for (const step of matter.steps) {
        const included = reasons.filter(({ stepId }) => stepId.split('.')[0] === step.id).map((one) => one.included);
        expect(included, step.id).toContain(true);
        if (step.when !== undefined) expect(included, step.id).toContain(false);
      }
    }
  });
});

describe('a valid sample', () => {
  it.each(valid)('$name passes and has the expected steps', (one) => {
    const { matter, hash } = getMatter(one.matter);
    expect(one.sample.request.matter).toBe(one.matter);
    const plan = compilePlan(matter, hash, formOf(one), CLOCK);
    const included = plan.steps.filter(({ skip }) => !skip).map(({ id }) => id);
    expect(included.sort()).toEqual([...(one.sample.expect.steps ?? [])].sort());
  });

  it.each(valid)('$name compiles to a plan in which every step comes after what it needs', (one) => {
    const { matter, hash } = getMatter(one.matter);
    const { steps } = compilePlan(matter, hash, formOf(one), CLOCK);
    const seen = new Set<string>();
    for (const step of steps) {
      for (const id of step.needs.flatMap(({ of }) => of)) expect(seen).toContain(id);
      seen.add(step.id);
    }
  });
});

const YEARS_LATER = { now: CLOCK.now + 3 * 366 * 86_400_000 };

describe('a valid sample', () => {
  it.each(valid)('$name has no warning that it does not confirm, on its day and years later', ({ matter, sample }) => {
    for (const clock of [CLOCK, YEARS_LATER]) {
      const { warnings } = checkForm(getMatter(matter).matter, sample.request.form, clock);
      const { unconfirmed } = matchConfirmations(warnings, sample.request.confirm ?? []);
      expect(unconfirmed.map(({ path, rule }) => `${path} ${rule}`)).toEqual([]);
    }
  });
});

describe('an invalid sample', () => {
  it.each(invalid)('$name has exactly the expected problems', ({ matter, sample }) => {
    const checked = checkForm(getMatter(matter).matter, sample.request.form, CLOCK);
    const problems = checked.ok ? [] : checked.problems.map(({ path, rule }) => ({ path, rule }));
    expect(problems.sort(comparePaths)).toEqual([...(sample.expect.problems ?? [])].sort(comparePaths));
    const { unconfirmed } = matchConfirmations(checked.warnings, sample.request.confirm ?? []);
    const warnings = unconfirmed.map(({ path, rule }) => ({ path, rule }));
    expect(warnings.sort(comparePaths)).toEqual([...(sample.expect.warnings ?? [])].sort(comparePaths));
    expect([...problems, ...warnings]).not.toEqual([]);
  });
});
