import { describe, expect, it } from 'vitest';
import { lintFacts } from '../../../domain/authoring/lint-facts.ts';
import { loadMatter } from '../../../domain/authoring/load.ts';
import { AGENCIES, changeSource, expectBothLanguages, parseSource, SMALL_MATTER } from './small-matter.ts';

const factsOf = (source = SMALL_MATTER) => lintFacts(parseSource(source).matter).map(({ message }) => message.en);
const unread = (place: string) => `No check and no rule reads “${place}”, so a mistake in it is not noticed`;

describe('a fact that no check reads', () => {
  it('is none where checks and rules read every date and number', () => {
    expect(factsOf()).toEqual([]);
  });

  it.each([
    ['a date', 'date(item.born) <= today', 'item.name != "x"', 'children[].born'],
    ['an identity number', 'applicant.idNo != null', 'applicant.name != null', undefined],
    ['a number without both bounds', 'sum(children.share) = 100', 'count(children) > 0', undefined],
  ])('is %s', (_what, from, to, place) => {
    expect(factsOf(changeSource(from, to))).toEqual(place === undefined ? [] : [unread(place)]);
  });

  it('is an identity number that no check and no rule names', () => {
    const without = changeSource('applicant.idNo != null', 'applicant.name != null').replace(
      'number(substring(applicant.idNo, 7, 4)) < 2006',
      'applicant.name != "x"',
    );
    expect(factsOf(without)).toEqual([unread('applicant.idNo')]);
  });

  it('is a number without an upper bound', () => {
    const unbounded = SMALL_MATTER.replace('minimum: 0, maximum: 100, decimals: 2', 'minimum: 0')
      .replace('sum(children.share) = 100', 'count(children) > 0')
      .replace('some child in children satisfies child.share != null', 'count(children) > 0');
    expect(factsOf(unbounded)).toEqual([unread('children[].share')]);
  });

  it('is a warning: the matter loads', () => {
    const source = changeSource('date(item.born) <= today', 'item.name != "x"');
    const loaded = loadMatter(source, 'small-matter/matter.yaml', AGENCIES);
    expect(loaded).toMatchObject({ ok: true, warnings: [{ rule: 'unread-fact', path: 'form[3].fields[1].id' }] });
    if (loaded.ok) for (const warning of loaded.warnings) expectBothLanguages(warning);
  });
});
