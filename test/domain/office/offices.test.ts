import { describe, expect, it } from 'vitest';
import { compilePlan } from '../../../domain/matter/compile.ts';
import { checkForm } from '../../../domain/form/form.ts';
import { stepsUsing } from '../../../domain/form/lineage.ts';
import { decidingDivisions } from '../../../domain/office/deciding-division.ts';
import { whyNotLetter } from '../../../domain/office/letter.ts';
import { findOffice, findOverlap, placeSteps } from '../../../domain/office/offices.ts';
import { createDecidingMove } from '../../support/deciding.ts';

const CLOCK = { now: Date.parse('2026-11-20T02:00:00Z') };
const MATTER = createDecidingMove();

const OFFICES = [
  { id: 'police', divisions: ['33'] },
  { id: 'police-jiaxing', serves: 'police', divisions: ['3304', '330502'] },
  { id: 'police-xiuzhou', serves: 'police', divisions: ['330411'] },
  { id: 'post' },
];

describe('the office of an agency in a division', () => {
  it.each([
    ['police', '330106', 'police'],
    ['police', '330402', 'police-jiaxing'],
    ['police', '330502', 'police-jiaxing'],
    // The most precise of three.
    ['police', '330411', 'police-xiuzhou'],
    ['police', '420106', undefined],
    ['post', '420106', 'post'],
    // An id of a registration is no agency of the catalog.
    ['police-jiaxing', '330402', undefined],
    ['tax', '330402', undefined],
  ])('%s in %s: %s', (agency, division, id) => {
    expect(findOffice(OFFICES, agency, division)?.id).toBe(id);
  });

  it('is one: two registrations may not have the same divisions', () => {
    expect(findOverlap(OFFICES)).toBeUndefined();
    expect(findOverlap([...OFFICES, { id: 'other', serves: 'post' }])).toEqual({
      offices: ['post', 'other'],
      division: '',
    });
    expect(findOverlap([...OFFICES, { id: 'other', serves: 'police', divisions: ['3301', '3304'] }])).toEqual({
      offices: ['police-jiaxing', 'other'],
      division: '3304',
    });
  });
});

const placed = (form: Record<string, unknown>, offices = OFFICES) => {
  const checked = checkForm(MATTER, form, CLOCK);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const plan = compilePlan(MATTER, 'a'.repeat(64), checked.form, CLOCK);
  const ids = plan.steps.map(({ id }) => id);
  return placeSteps(plan, decidingDivisions(MATTER, ids, checked.form, '330106'), offices);
};

describe('a plan', () => {
  it('has for each step the office of its division; the divisions themselves are not in it', () => {
    const { plan, unserved } = placed({
      household: { division: '330411' },
      movers: [{ division: '330402' }, { name: 'x' }],
      receiver: { division: '420106' },
    });
    expect(plan.steps.map(({ id, agency }) => [id, agency])).toEqual([
      ['check', 'police'],
      ['register', 'police-xiuzhou'],
      ['cancel', 'police'],
      ['tell.1', 'police-jiaxing'],
      ['tell.2', 'police'],
      ['deliver', 'post'],
    ]);
    expect(unserved).toEqual([]);
    expect(JSON.stringify(plan)).not.toContain('330411');
  });

  it('names the steps that no office serves, unless they are skipped or their agency is not registered at all', () => {
    const far = { household: { division: '420106' }, receiver: { division: '420106' } };
    expect(placed(far).unserved).toEqual([{ stepId: 'register', agency: 'police', division: '420106' }]);
    expect(placed(far).plan.steps.find(({ id }) => id === 'register')?.agency).toBe('police');
    const post = [{ id: 'post', divisions: ['33'] }];
    expect(placed(far, post).unserved).toEqual([{ stepId: 'deliver', agency: 'post', division: '420106' }]);
    expect(placed({}, [{ id: 'post', divisions: ['42'] }]).unserved).toEqual([]);
  });

  it('has one step for the only item of a list, decided where the item says', () => {
    const { plan } = placed({ movers: [{ division: '330402' }] });
    expect(plan.steps.find(({ id }) => id === 'tell')?.agency).toBe('police-jiaxing');
  });
});

describe('a form', () => {
  it.each([
    ['330400', '请填写到县（市、区），不能只填写省或设区的市'],
    ['330000', '请填写到县（市、区），不能只填写省或设区的市'],
    ['330499', '没有这个行政区划代码'],
    ['330103', '该行政区划代码已于2021年撤销，现为浙江省杭州市拱墅区 330105'],
  ])('names a county where the division decides: %s', (division, zh) => {
    const checked = checkForm(MATTER, { household: { division }, movers: [{ division }] }, CLOCK);
    expect(checked).toMatchObject({
      ok: false,
      problems: [
        { path: 'household.division', rule: 'division', message: { zh } },
        { path: 'movers[0].division', rule: 'division', message: { zh } },
      ],
    });
  });

  it('that is corrected there concerns the step, also if its agency is not sent the value', () => {
    const of = { places: ['household.division'], materials: [] };
    expect(stepsUsing(MATTER, ['check', 'register', 'cancel'], of)).toEqual(['register']);
    const item = { places: ['movers[1].division'], materials: [] };
    expect(stepsUsing(MATTER, ['tell.1', 'tell.2'], item)).toEqual(['tell.2']);
  });
});

describe('the letter of an office', () => {
  it.each([
    [{ unserved: true }, undefined, 'letter-needed'],
    [{ unserved: true }, { date: '2026-11-20' }, undefined],
    [{ unserved: true }, { date: '2026-11-21' }, 'letter-in-the-future'],
    [{}, undefined, undefined],
    [{}, { date: '2026-11-20' }, 'letter-not-needed'],
  ])('%o with %o: %s', (step, letter, rule) => {
    expect(whyNotLetter(step, letter, CLOCK.now)).toBe(rule);
  });
});
