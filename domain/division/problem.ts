import { DIVISION_PREFIX, fullNameOf, isDivisionPrefix, whyNotDivision, type DivisionFault } from './divisions.ts';
import type { Text } from '../matter/schema.ts';

/** What people read who enter a code that stands for no division. */
export const DIVISION_UNKNOWN: Text = { zh: '没有这个行政区划代码', en: 'There is no such administrative division' };
export const DIVISION_DIGITS: Text = {
  zh: '应为 2、4 或 6 位行政区划代码',
  en: 'Must have 2, 4 or 6 digits: those of a province, city or county',
};
const WIDE: Text = {
  zh: '请填写到县（市、区），不能只填写省或设区的市',
  en: 'Enter a county, district or city of county level, not a province or a city with districts',
};

/** A division can have become many; the first of them show the way. */
const MOST_SUCCESSORS = 4;

const listCodes = (codes: readonly string[], language: keyof Text): string =>
  codes.map((code) => `${fullNameOf(code)?.[language] ?? ''} ${code}`.trim()).join(language === 'zh' ? '、' : '; ');

const faultText = (fault: DivisionFault): Text => {
  switch (fault.kind) {
    case 'unknown':
      return DIVISION_UNKNOWN;
    case 'wide':
      return WIDE;
    case 'abolished': {
      const { until, successors } = fault;
      const known = successors.slice(0, MOST_SUCCESSORS);
      const more = successors.length > known.length;
      return {
        zh:
          `该行政区划代码已于${until}年撤销` +
          (known.length === 0 ? '，请填写现行代码' : `，现为${listCodes(known, 'zh')}${more ? '等' : ''}`),
        en:
          `This division was abolished in ${until}. ` +
          (known.length === 0
            ? 'Enter a current one'
            : `It is now ${listCodes(known, 'en')}${more ? ' and others' : ''}`),
      };
    }
  }
};

/** What is wrong with the code of a division; undefined: nothing. */
export const divisionProblem = (code: string, level: 'any' | 'county'): Text | undefined => {
  const fault = whyNotDivision(code, level);
  return fault && faultText(fault);
};

/** What is wrong with digits that are to select divisions; undefined: nothing. */
export const prefixProblem = (digits: string): Text | undefined => {
  if (!DIVISION_PREFIX.test(digits)) return DIVISION_DIGITS;
  return isDivisionPrefix(digits) ? undefined : DIVISION_UNKNOWN;
};

/**
 * A division, or the digits of a whole city or province, for people: 浙江省嘉兴市秀洲区（330411）. An
 * unknown code stands for itself.
 */
export const divisionText = (code: string): Text => {
  const name = fullNameOf(code.padEnd(6, '0'));
  return name ? { zh: `${name.zh}（${code}）`, en: `${name.en} (${code})` } : { zh: code, en: code };
};
