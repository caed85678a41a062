import { describe, expect, it } from 'vitest';
import { problemsOf, SMALL_MATTER } from './small-matter.ts';

const LIMIT = `applicantLimits:
  - id: apply
    name: { zh: 申请, en: Apply }
    from: date(item.born)
    each: children
    within: [{ when: byPost, workingDays: 20 }, { months: 2 }]
    afterwards: { zh: 仍可申请, en: It can still be applied for }
    source: 测试
steps:
`;
/** The line of the list; a check has one like it. */
const EACH = '    each: children\n    within';
const WITH_LIMIT = SMALL_MATTER.replace('steps:\n', LIMIT);
const change = (before: string, after: string): string => {
  expect(WITH_LIMIT.split(before).length, before).toBe(2);
  return WITH_LIMIT.replace(before, after);
};

describe('the linter', () => {
  it('accepts a limit that binds the applicant', () => {
    expect(problemsOf(WITH_LIMIT)).toEqual([]);
  });

  it.each([
    ['a step that does not exist', EACH, EACH.replace('each: children', 'step: crad'), 'unknown-step'],
    ['a list that does not exist', EACH, EACH.replace('children', 'childs'), 'unknown-list'],
    ['a step as the act without a step', EACH, `    metBy: step\n${EACH}`, 'met-by-no-step'],
    ['a text as the date', 'from: date(item.born)', 'from: item.born', 'no-date'],
    ['a date that may be empty', 'from: date(item.born)', 'from: date(address)', 'no-date'],
    ['an unknown name in the date', 'from: date(item.born)', 'from: date(item.birth)', 'unknown-name'],
    ['a condition that is none', '{ when: byPost,', '{ when: way,', 'not-a-condition'],
    ['a length that never counts', '{ when: byPost, workingDays: 20 }', '{ workingDays: 20 }', 'unreachable-length'],
    ['a length in another unit', '{ months: 2 }', '{ seconds: 2 }', 'wrong-value'],
    ['too many months', '{ months: 2 }', '{ months: 25 }', 'wrong-value'],
  ])('reports %s', (_name, before, after, rule) => {
    expect(problemsOf(change(before, after)).filter((problem) => problem.includes(rule))).not.toEqual([]);
  });

  it('reports a list that is not the one of the step', () => {
    const source = change(EACH, `    step: card\n${EACH.replace('children', 'others')}`).replace(
      'checks:\n',
      `  - id: others
    name: { zh: 其他, en: Others }
    type: list
    maxItems: 2
    fields:
      - { id: born, name: { zh: 出生日期, en: Date of birth }, type: text, format: date, required: true }
checks:
`,
    );
    expect(problemsOf(source)).toEqual([expect.stringContaining('other-list')]);
  });

  it('reports a repeated id', () => {
    const [, entry = ''] = /applicantLimits:\n([^]*?)steps:/.exec(WITH_LIMIT) ?? [];
    expect(problemsOf(WITH_LIMIT.replace(entry, entry + entry))).toEqual([expect.stringContaining('duplicate-id')]);
  });
});
