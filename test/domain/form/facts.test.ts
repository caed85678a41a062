import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../domain/authoring/load-catalog.ts';
import { matchConfirmations, type Confirmation } from '../../../domain/form/confirmations.ts';
import { duplicateRules } from '../../../domain/form/duplicates.ts';
import { checkForm } from '../../../domain/form/form.ts';
import { citizenIdCheckDigit } from '../../../domain/form/person-formats.ts';
import type { Matter } from '../../../domain/matter/schema.ts';
import { isForm } from '../../../domain/matter/values.ts';
import { CLOCK } from '../authoring/small-matter.ts';

const folder = join(import.meta.dirname, '../../../catalog');
const catalog = await loadCatalog(folder);

const getMatter = (code: string): Matter => {
  const found = catalog.ok ? catalog.matters.find(({ matter }) => matter.code === code) : undefined;
  if (!found) throw new Error(`there is no matter ${code}`);
  return found.matter;
};

interface Request {
  matter: string;
  form: Record<string, unknown>;
  confirm?: Confirmation[];
}

const readRequest = (sample: string): Request => {
  const [matter = '', name = ''] = sample.split('/');
  const text = readFileSync(join(folder, matter, 'samples/valid', `${name}.json`), 'utf8');
  return (JSON.parse(text) as { request: Request }).request;
};

/** The number of an invented person: a man's if `odd`. */
const person = (birth: string, odd = false): string => {
  const first17 = `339900${birth}${odd ? '001' : '002'}`;
  return first17 + citizenIdCheckDigit(first17);
};

/** Puts values into a copy of a form, by path: `children[0].birthTime`. */
const change = (form: unknown, changes: Record<string, unknown>): unknown => {
  const copy: unknown = structuredClone(form);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(/\.|\[|\]\.?/).filter((key) => key !== '');
    const holder = keys.slice(0, -1).reduce<unknown>((inside, key) => Reflect.get(Object(inside), key), copy);
    Reflect.set(Object(holder), keys.at(-1)!, value);
  }
  return copy;
};

const complaintsOf = (sample: string, changes: Record<string, unknown>): { errors: string[]; warnings: string[] } => {
  const { matter, form, confirm = [] } = readRequest(sample);
  const checked = checkForm(getMatter(matter), change(form, changes), CLOCK);
  const { unconfirmed } = matchConfirmations(checked.warnings, confirm);
  return {
    errors: checked.ok ? [] : checked.problems.map(({ path, rule }) => `${path} ${rule}`),
    warnings: unconfirmed.map(({ path, rule }) => `${path} ${rule}`),
  };
};

const NEWBORN = 'newborn-registration/married-single-child';
const TWINS = 'newborn-registration/twins';
const MOVE = 'home-purchase-move/second-hand-cross-province';
const DRIVER = 'driving-licence-renewal/window-pickup';
const mother = (birth: string) => ({ 'mother.idNo': person(birth), 'applicant.idNo': person(birth) });
const driver = (birth: string) => ({ 'licence.idNo': person(birth, true), 'applicant.idNo': person(birth, true) });

describe('facts that exclude each other', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    ['a mother of four', NEWBORN, mother('20200115'), 'mother.idNo mother-age-possible'],
    ['a mother who was born after the child', NEWBORN, mother('20241120'), 'mother.idNo mother-age-possible'],
    ['a mother of 123', NEWBORN, mother('19010115'), 'mother.idNo mother-age-possible'],
    ['a father of two', NEWBORN, { 'father.idNo': person('20220115', true) }, 'father.idNo father-age-possible'],
    [
      'another person who applies as the mother',
      NEWBORN,
      { 'applicant.idNo': person('19900102') },
      'applicant.idNo applicant-is-mother',
    ],
    [
      'a child of 1850',
      NEWBORN,
      { 'children[0].birthTime': '1850-05-01T08:30' },
      'children[0].birthTime birth-too-early',
    ],
    [
      'twins a year apart',
      TWINS,
      { 'children[1].birthTime': '2025-11-19T00:05' },
      'children[1].birthTime birth-in-future',
    ],
    [
      'twins half a year apart',
      TWINS,
      { 'children[0].birthTime': '2024-05-18T08:30' },
      'children[1].birthTime births-together',
    ],
    [
      'a second twin who was born first',
      TWINS,
      { 'children[1].birthTime': '2024-11-01T08:30' },
      'children[1].birthTime births-in-order',
    ],
    ['a driver of five', DRIVER, driver('20191102'), 'licence.idNo driver-age-possible'],
    [
      'a licence that ended before its holder could drive',
      DRIVER,
      { 'licence.validTo': '1999-01-01' },
      'licence.validTo valid-after-birth',
    ],
    [
      'a card of foreigners with Chinese nationality',
      DRIVER,
      { 'licence.idType': 'permanent-residence', 'licence.idNo': 'USA330000000000', 'licence.nationality': 'CHN' },
      'licence.nationality licence-nationality-of-card',
    ],
    [
      'a child who is older than the parents',
      MOVE,
      { 'movers[2].idNo': person('19600102') },
      'movers[2].idNo child-older',
    ],
    ['a buyer who is no buyer', MOVE, { 'applicant.idNo': person('19900102') }, 'applicant.idNo applicant-is-buyer'],
    ['a child who is married', MOVE, { 'owners[0].idNo': person('20100102', true) }, 'owners[0].married married-minor'],
  ])('are refused: %s', (_what, sample, changes, expected) => {
    expect(complaintsOf(sample, changes).errors).toContain(expected);
  });
});

describe('facts that are unusual', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    ['a mother of 15', NEWBORN, mother('20090115'), 'mother.idNo mother-age-unusual'],
    ['a mother of 57', NEWBORN, mother('19670115'), 'mother.idNo mother-age-unusual'],
    ['a father of 16', NEWBORN, { 'father.idNo': person('20080115', true) }, 'father.idNo father-age-unusual'],
    [
      'an account of a stranger',
      'newborn-registration/insured-by-birth-certificate',
      { bank: { holder: '张三', account: '6200000000000005' } },
      'bank.holder account-holder',
    ],
    [
      'twins of one name',
      TWINS,
      { 'children[1].name': '陈一诺', 'children[0].name': '陈一诺' },
      'children children-names',
    ],
    [
      'twins three days apart',
      TWINS,
      { 'children[0].birthTime': '2024-11-15T08:30' },
      'children[1].birthTime births-apart',
    ],
    ['a driver of 75', DRIVER, driver('19490115'), 'licence.idNo driver-seventy'],
    ['a driver of 20', DRIVER, driver('20040115'), 'licence.idNo driver-young'],
    ['a licence that is renewed too early', DRIVER, { 'licence.validTo': '2026-01-01' }, 'licence.validTo too-early'],
    [
      'a number from abroad with an identity card',
      DRIVER,
      { 'applicant.mobile': '+852 5123 4567' },
      'applicant.mobile applicant-mobile-abroad',
    ],
    ['a Latin name on an identity card', DRIVER, { 'licence.name': 'Chen Siyuan' }, 'licence.name licence-name-script'],
    ['a household book of an adult', DRIVER, { 'licence.idType': 'household-book' }, 'licence.idType licence-book-age'],
    [
      'a child of 30 who moves along',
      MOVE,
      {
        'movers[0].idNo': person('19600102', true),
        'movers[1].idNo': person('19600102'),
        'movers[2].idNo': person('19940102'),
      },
      'movers[2].idNo child-adult',
    ],
    [
      'a unit number of another division',
      MOVE,
      { 'property.unitNo': '330421001001GB00001F00010001' },
      'property.unitNo unit-in-division',
    ],
  ])('are confirmed: %s', (_what, sample, changes, expected) => {
    const { errors, warnings } = complaintsOf(sample, changes);
    expect(warnings).toContain(expected);
    expect(errors.filter((error) => error.startsWith(expected.split(' ')[0]!))).toEqual([]);
  });
});

describe('shares of buyers', () => {
  const SHARED = 'home-purchase-move/shared-by-shares';
  const shares = (one: string, two: string) =>
    complaintsOf(SHARED, { 'owners[0].share': one, 'owners[1].share': two }).errors;
  it.each([
    ['1/3', '2/3'],
    ['999999/1000', '1/1000'],
    ['３／７', '4/7'],
  ])('%s and %s are judged exactly', (one, two) => {
    expect(shares(one, two)).toEqual(one.startsWith('999999') ? ['owners[0].share fraction'] : []);
  });

  it.each([
    ['1/3', '1/3'],
    ['33333/100000', '66666/100000'],
  ])('%s and %s are not a whole', (one, two) => {
    expect(shares(one, two)).toEqual(['owners shares-sum']);
  });
});

describe('a child who is registered twice', () => {
  it('is found by the father where the mother has no document', () => {
    const { matter, form } = readRequest('newborn-registration/mother-without-document');
    if (!isForm(form)) throw new Error('the sample has no form');
    const rule = duplicateRules(getMatter(matter), form).find(({ id }) => id === 'same-child');
    expect(rule?.keys.length).toBeGreaterThan(0);
  });

  it('is found by the month of another birth of the mother', () => {
    const { matter, form } = readRequest(NEWBORN);
    if (!isForm(form)) throw new Error('the sample has no form');
    const keysAt = (birthTime: string) => {
      const changed = change(form, { 'children[0].birthTime': birthTime });
      const rules = isForm(changed) ? duplicateRules(getMatter(matter), changed) : [];
      return rules
        .filter(({ id }) => id === 'births-too-near')
        .flatMap(({ keys }) => keys.map(({ values }) => values.join(' ')));
    };
    const shared = (one: string, other: string) => keysAt(one).some((key) => keysAt(other).includes(key));
    expect(shared('2024-11-18T08:30:00+08:00', '2025-02-18T08:30:00+08:00')).toBe(true);
    expect(shared('2024-11-18T08:30:00+08:00', '2025-09-18T08:30:00+08:00')).toBe(false);
  });
});
