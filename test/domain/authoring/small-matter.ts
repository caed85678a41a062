import { expect } from 'vitest';
import type { DefinitionProblem } from '../../../domain/authoring/findings.ts';
import { loadMatter, parseMatter, type LoadedMatter } from '../../../domain/authoring/load.ts';

/** A matter that uses every feature once and has no mistake. */
export const SMALL_MATTER = `code: small-matter
version: 1
name: { zh: 小事, en: Small matter }
summary: { zh: 用于测试, en: For tests }
lead: police
limit: { promised: { workingDays: 5 }, statutory: { workingDays: 20 } }
acceptedBy: intake
partialCompletion: true
form:
  - id: applicant
    name: { zh: 申请人, en: Applicant }
    type: group
    required: true
    fields:
      - { id: name, name: { zh: 姓名, en: Name }, type: text, format: person-name, required: true, personal: true }
      - { id: idNo, name: { zh: 身份号码, en: ID number }, type: text, format: citizen-id, personal: true }
      - { id: foreign, name: { zh: 外国人, en: Foreign }, type: boolean }
      - { id: passportNo, name: { zh: 护照, en: Passport }, type: text, format: passport, required: applicant.foreign }
  - id: way
    name: { zh: 取件方式, en: Delivery }
    type: choice
    required: true
    choices:
      - { value: post, name: { zh: 邮寄, en: By post } }
      - { value: window, name: { zh: 自取, en: At the window } }
  - { id: address, name: { zh: 地址, en: Address }, type: text, minLength: 5, required: way = "post" }
  - id: children
    name: { zh: 子女, en: Children }
    type: list
    maxItems: 4
    fields:
      - { id: name, name: { zh: 姓名, en: Name }, type: text, required: true }
      - { id: born, name: { zh: 出生日期, en: Date of birth }, type: text, format: date, required: true }
      - { id: share, name: { zh: 份额, en: Share }, type: number, minimum: 0, maximum: 100, decimals: 2 }
checks:
  - id: born-before-today
    field: children[].born
    each: children
    expr: date(item.born) <= today
    message: { zh: 出生日期不得晚于今天, en: Born after today }
  - id: shares-sum
    field: children
    when: some child in children satisfies child.share != null
    expr: sum(children.share) = 100
    message: { zh: 份额之和应为100, en: Shares must add up to 100 }
derived:
  - { id: byPost, expr: way = "post" }
  - { id: several, expr: count(children) > 1 }
materials:
  - { id: id-card, name: { zh: 身份证, en: ID card }, source: { kind: shown } }
  - { id: card, name: { zh: 卡, en: Card }, source: { kind: step, step: card } }
  - { id: record, name: { zh: 记录, en: Record }, source: { kind: sharing, agency: police } }
steps:
  - id: intake
    name: { zh: 受理, en: Intake }
    agency: window
    kind: review
    limit: { promised: { workingMinutes: 10 } }
    discloses: [applicant]
    materials: [id-card]
    undo: { class: withdraw, standsAfter: [card] }
  - id: check
    name: { zh: 核验, en: Check }
    agency: police
    kind: instant
    needs: [intake]
    limit: { promised: { seconds: 30 } }
    discloses: [applicant.idNo]
    undo: { class: none }
    rules:
      - { id: has-number, name: { zh: 有号码, en: Has a number }, source: 测试, expr: applicant.idNo != null }
      - { id: adult, name: { zh: 成年, en: Adult }, source: 测试, expr: 'number(substring(applicant.idNo, 7, 4)) < 2006' }
  - id: card
    name: { zh: 制卡, en: Card }
    agency: police
    kind: issue
    forEach: children
    when: item.share = null or item.share > 0
    whenText: { zh: 有份额的, en: With a share }
    needs: [check]
    limit: { promised: { workingDays: 1 } }
    discloses: ['children[].name']
    output: { id: card, name: { zh: 卡, en: Card } }
    undo: { class: void, whenFails: [entry] }
  - id: entry
    name: { zh: 登记, en: Entry }
    agency: police
    kind: register
    forEach: children
    needs:
      - intake
      - anyOf: [card, check]
    limit: { promised: { workingDays: 1 } }
    discloses: [children, applicant.name]
    materials: [card]
    undo: { class: correct }
  - id: parcel
    name: { zh: 寄递, en: Parcel }
    agency: post
    kind: deliver
    when: byPost
    whenText: { zh: 邮寄的, en: By post }
    needs:
      - someOf: [card, entry]
    limit: { promised: { workingDays: 3 } }
    discloses: [address]
    undo: { class: none }
  - id: notice
    name: { zh: 告知, en: Notice }
    agency: window
    kind: notify
    needs:
      - settled: [entry, parcel]
    limit: { promised: { workingMinutes: 30 } }
    discloses: [applicant.name]
    undo: { class: none }
`;

export const AGENCIES = ['window', 'police', 'post'].map((id) => ({
  id,
  name: { zh: id, en: id },
  nature: 'organ' as const,
}));

/** 21 November 2024, nine o'clock in China. */
export const CLOCK = { now: Date.parse('2024-11-21T09:00:00+08:00') };

/** The small matter with one text in it replaced; the text must be there exactly once. */
export const changeSource = (from: string, to: string): string => {
  if (SMALL_MATTER.split(from).length !== 2) throw new Error(`“${from}” is not there exactly once`);
  return SMALL_MATTER.replace(from, () => to);
};

export const parseSource = (source = SMALL_MATTER): LoadedMatter => {
  const result = parseMatter(source, 'small-matter/matter.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
};

/** What is wrong with a file, as `line:column rule path`. */
export const problemsOf = (source: string): string[] => {
  const result = loadMatter(source, 'small-matter/matter.yaml', AGENCIES);
  return result.ok ? [] : result.problems.map(({ line, column, rule, path }) => `${line}:${column} ${rule} ${path}`);
};

/** Where a text starts in a source, as `line:column`. */
export const positionOf = (source: string, text: string): string => {
  const before = source.slice(0, source.indexOf(text)).split('\n');
  return `${before.length}:${before.at(-1)!.length + 1}`;
};

/**
 * One change that makes the small matter wrong: from, to, what the problem stands at, its rule, and
 * a part of how to fix it.
 */
export type Mistake = [what: string, from: string, to: string, at: string, rule: string, fix: string];

/** What people read of a problem is in Chinese and in English. */
export const expectBothLanguages = ({ message, fix }: Pick<DefinitionProblem, 'message' | 'fix'>): void => {
  for (const { zh, en } of [message, fix]) {
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).toMatch(/[A-Za-z]{2}/);
    expect(en).not.toBe(zh);
  }
};

/** The mistake is reported at its place, with its rule and with how to fix it. */
export const expectProblem = ([, from, to, at, rule, fix]: Mistake): void => {
  const source = changeSource(from, to);
  const place = positionOf(source, at);
  const result = loadMatter(source, 'small-matter/matter.yaml', AGENCIES);
  const problem = (result.ok ? [] : result.problems).find(({ line, column }) => `${line}:${column}` === place);
  expect(problem, `${place} is not among ${problemsOf(source).join('; ')}`).toMatchObject({
    rule,
    fix: { en: expect.stringContaining(fix) as string },
  });
  expectBothLanguages(problem!);
};
