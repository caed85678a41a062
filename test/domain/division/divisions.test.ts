import { describe, expect, it } from 'vitest';
import {
  findDivision,
  fullNameOf,
  isDivisionPrefix,
  liesIn,
  toPrefix,
  whyNotDivision,
} from '../../../domain/division/divisions.ts';
import table from '../../../domain/division/divisions.json' with { type: 'json' };
import { divisionProblem, divisionText, prefixProblem } from '../../../domain/division/problem.ts';
import { checkFormat } from '../../../domain/form/fields.ts';

const codesOf = (lines: readonly string[]): string[] => lines.map((line) => line.slice(0, 6));
const CURRENT = codesOf(table.current);

describe('the table of divisions', () => {
  it('has every code once, in order, with a Chinese and a transliterated name and the year', () => {
    const all = [...CURRENT, ...codesOf(table.abolished)];
    expect(new Set(all).size).toBe(all.length);
    expect(CURRENT).toEqual(CURRENT.toSorted());
    for (const line of table.current) expect(line).toMatch(/^\d{6} \p{Unified_Ideograph}+ \d{4} \p{Lu}[\p{L}’ ]+$/u);
    for (const line of table.abolished) {
      expect(line).toMatch(/^\d{6} \p{Unified_Ideograph}+ \d{4}-\d{4} (-|\d{6}(,\d{6})*) \p{Lu}[\p{L}’ ]+$/u);
    }
  });

  it('names only current divisions as successors', () => {
    const successors = table.abolished.flatMap((line) => line.split(' ')[3]?.match(/\d{6}/g) ?? []);
    expect(successors.filter((code) => !CURRENT.includes(code))).toEqual([]);
  });

  it('has 90 counties and 11 cities of Zhejiang, and the test division', () => {
    const zhejiang = CURRENT.filter((code) => code.startsWith('33') && code !== '330000' && code !== '339900');
    expect(zhejiang.filter((code) => code.endsWith('00'))).toHaveLength(11);
    expect(zhejiang.filter((code) => !code.endsWith('00'))).toHaveLength(90);
    expect(findDivision('339900')?.name.zh).toBe('示例区');
  });
});

describe('a code', () => {
  it.each([
    ['330411', 'any', undefined],
    ['330411', 'county', undefined],
    ['339900', 'county', undefined],
    ['330400', 'any', undefined],
    ['330400', 'county', 'wide'],
    ['330000', 'county', 'wide'],
    // A city without counties, a county of Chongqing, Hong Kong.
    ['441900', 'county', undefined],
    ['500112', 'county', undefined],
    ['810000', 'county', undefined],
    ['330499', 'any', 'unknown'],
    ['420199', 'any', 'unknown'],
    ['990000', 'any', 'unknown'],
    ['33041', 'any', 'unknown'],
    ['33041a', 'any', 'unknown'],
    ['330103', 'any', 'abolished'],
    ['330104', 'county', 'abolished'],
  ] as const)('%s for %s: %s', (code, level, kind) => {
    expect(whyNotDivision(code, level)?.kind).toBe(kind);
    expect(divisionProblem(code, level) === undefined).toBe(kind === undefined);
  });

  it('of an abolished division names the year and the successors', () => {
    expect(divisionProblem('330103', 'any')).toEqual({
      zh: '该行政区划代码已于2021年撤销，现为浙江省杭州市拱墅区 330105',
      en: 'This division was abolished in 2021. It is now Gongshu Qu, Hangzhou Shi, Zhejiang Sheng 330105',
    });
    expect(divisionProblem('142300', 'any')?.zh).toBe('该行政区划代码已于2003年撤销，请填写现行代码');
    expect(divisionProblem('469004', 'any')?.zh).toContain('460105');
  });

  it('is checked in a form with the same words', () => {
    for (const code of ['330499', '330103', '330411']) {
      expect(checkFormat('division', code, { now: 0 })?.message).toEqual(divisionProblem(code, 'any'));
    }
  });

  it('has a name with all divisions around it', () => {
    expect(fullNameOf('330411')).toEqual({ zh: '浙江省嘉兴市秀洲区', en: 'Xiuzhou Qu, Jiaxing Shi, Zhejiang Sheng' });
    expect(fullNameOf('110101')?.zh).toBe('北京市东城区');
    expect(divisionText('330411').zh).toBe('浙江省嘉兴市秀洲区（330411）');
    expect(divisionText('3304').en).toBe('Jiaxing Shi, Zhejiang Sheng (3304)');
    expect(divisionText('330499')).toEqual({ zh: '330499', en: '330499' });
  });
});

describe('digits that select divisions', () => {
  it.each(['33', '3304', '330411', '339900', '330103', '3399'])('%s', (digits) => {
    expect(isDivisionPrefix(digits)).toBe(true);
    expect(prefixProblem(digits)).toBeUndefined();
  });

  it.each(['', '3', '330', '33041', '3304110', 'x', '99', '3398', '330499'])('not %s', (digits) => {
    expect(prefixProblem(digits)).toBeDefined();
  });

  it.each([
    ['330400', '3304'],
    ['330000', '33'],
    ['331000', '3310'],
    ['332500', '3325'],
    ['339900', '339900'],
    ['441900', '441900'],
    ['330411', '330411'],
    ['3304', '3304'],
  ])('%s selects all in %s', (digits, prefix) => {
    expect(toPrefix(digits)).toBe(prefix);
  });

  it('contain the divisions that begin with them; absent digits contain all', () => {
    expect(liesIn('330411', ['3301', '3304'])).toBe(true);
    expect(liesIn('420106', ['33'])).toBe(false);
    expect(liesIn('420106', undefined)).toBe(true);
  });
});
