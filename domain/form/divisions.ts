/**
 * Administrative divisions after GB/T 2260: all of Zhejiang (11 cities, 90 counties, as of 2021),
 * and the provinces of the rest.
 */

/** City code → the last two digits of its districts and counties. */
const ZHEJIANG: Readonly<Record<string, string>> = {
  '3301': '02 05 06 08 09 10 11 12 13 14 22 27 82',
  '3302': '03 05 06 11 12 13 25 26 81 82',
  '3303': '02 03 04 05 24 26 27 28 29 81 82 83',
  '3304': '02 11 21 24 81 82 83',
  '3305': '02 03 21 22 23',
  '3306': '02 03 04 24 81 83',
  '3307': '02 03 23 26 27 81 82 83 84',
  '3308': '02 03 22 24 25 81',
  '3309': '02 03 21 22',
  '3310': '02 03 04 22 23 24 81 82 83',
  '3311': '02 21 22 23 24 25 26 27 81',
};

/**
 * A division that does not exist in GB/T 2260, so that invented persons and cases cannot be
 * mistaken for real ones.
 */
const FIXTURE_DIVISION = '339900';

const ZHEJIANG_DIVISIONS: ReadonlySet<string> = new Set([
  '330000',
  FIXTURE_DIVISION,
  ...Object.entries(ZHEJIANG).flatMap(([city, counties]) => [
    `${city}00`,
    ...counties.split(' ').map((county) => city + county),
  ]),
]);

/**
 * The first two digits of every province-level division; 71, 81 and 82 are Taiwan, Hong Kong and
 * Macao.
 */
const PROVINCES: ReadonlySet<string> = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82'.split(' '),
);

/** Whether the code starts with the two digits of a province. */
export const hasProvince = (code: string): boolean => PROVINCES.has(code.slice(0, 2));

/** Whether the code is a current division: looked up for Zhejiang, by its province elsewhere. */
export const isDivision = (code: string): boolean =>
  /^\d{6}$/.test(code) && (code.startsWith('33') ? ZHEJIANG_DIVISIONS.has(code) : hasProvince(code));
