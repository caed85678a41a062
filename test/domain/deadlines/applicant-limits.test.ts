import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../domain/authoring/load-catalog.ts';
import { listLastDays, type LastDay } from '../../../domain/deadlines/applicant-limits.ts';
import { lastDayState } from '../../../domain/deadlines/last-day-state.ts';
import { compilePlan } from '../../../domain/matter/compile.ts';
import { Matter } from '../../../domain/matter/schema.ts';
import { isForm, type Form } from '../../../domain/matter/values.ts';
import { HOUSE_MOVE, sampleForm } from '../../support/matters.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { local, shanghai as at } from '../calendar/oracle.ts';

const now = at('2026-11-29T10:00');
const drawLastDay = ({ limit, stepId, item, at: end }: LastDay): string =>
  [limit.id, stepId ?? 'case', ...(item === undefined ? [] : [item]), local(end)].join(' ');
const listOf = (matter: Matter, form: Form): string[] =>
  listLastDays(matter, compilePlan(matter, 'a'.repeat(64), form, { now }), form, { calendar, now }).map(drawLastDay);

/** A matter over a list of children with these limits; the step `card` is repeated, `fee` is not. */
const matterWith = (...limits: object[]): Matter =>
  Matter.parse({
    ...HOUSE_MOVE,
    form: [
      { id: 'moved', name: { zh: '日期', en: 'Day' }, type: 'text', format: 'date' },
      { id: 'division', name: { zh: '区划', en: 'Division' }, type: 'text', format: 'division' },
      {
        id: 'children',
        name: { zh: '子女', en: 'Children' },
        type: 'list',
        maxItems: 4,
        fields: [{ id: 'born', name: { zh: '出生', en: 'Born' }, type: 'text', format: 'date', required: true }],
      },
    ],
    steps: HOUSE_MOVE.steps.flatMap((step) => [
      ...(step.id === 'register' ? [{ ...step, id: 'card', forEach: 'children' }] : []),
      ...(step.id === 'meter' ? [{ ...step, id: 'fee', when: 'moved != null' }] : []),
    ]),
    applicantLimits: limits.map((limit, index) => ({
      id: `limit-${index}`,
      name: { zh: '办理', en: 'Do it' },
      within: [{ calendarDays: 10 }],
      afterwards: { zh: '仍可办理', en: 'It can still be done' },
      source: '测试',
      ...limit,
    })),
  });
const MOVED = { from: 'if moved = null then null else date(moved)' };

describe('the last days that bind the applicant', () => {
  it('run from a date of the form, whose day does not count', () => {
    expect(listOf(matterWith(MOVED), { moved: '2026-11-02' })).toEqual(['limit-0 case 2026-11-12T17:00']);
  });

  it.each([
    [{ workingDays: 3 }, '2026-10-10T17:00'],
    [{ calendarDays: 3 }, '2026-10-08T17:00'],
    [{ months: 1 }, '2026-10-30T17:00'],
  ])('are counted in %o, on the calendar', (within, last) => {
    expect(listOf(matterWith({ ...MOVED, within: [within] }), { moved: '2026-09-30' })).toEqual([
      `limit-0 case ${last}`,
    ]);
  });

  it('take the first length whose condition holds, so that it can depend on the division', () => {
    const within = [{ when: 'starts with(division, "3304") = true', calendarDays: 60 }, { calendarDays: 90 }];
    const matter = matterWith({ ...MOVED, within });
    expect(listOf(matter, { moved: '2026-08-03', division: '330411' })).toEqual(['limit-0 case 2026-10-08T17:00']);
    expect(listOf(matter, { moved: '2026-08-03', division: '330106' })).toEqual(['limit-0 case 2026-11-02T17:00']);
  });

  it('are left out without a date, and where no length holds', () => {
    expect(listOf(matterWith(MOVED), {})).toEqual([]);
    expect(
      listOf(matterWith({ ...MOVED, within: [{ when: 'division != null', months: 1 }] }), { moved: '2026-08-03' }),
    ).toEqual([]);
  });

  it('belong to each step of a list, under the ids of the plan', () => {
    const matter = matterWith({ step: 'card', from: 'date(item.born)' }, { each: 'children', from: 'date(item.born)' });
    const [one, two] = [{ born: '2026-11-02' }, { born: '2026-11-03' }];
    expect(listOf(matter, { children: [one, two] })).toEqual([
      'limit-0 card.1 1 2026-11-12T17:00',
      'limit-0 card.2 2 2026-11-13T17:00',
      'limit-1 case 1 2026-11-12T17:00',
      'limit-1 case 2 2026-11-13T17:00',
    ]);
    expect(listOf(matter, { children: [one] })).toEqual([
      'limit-0 card 2026-11-12T17:00',
      'limit-1 case 2026-11-12T17:00',
    ]);
  });

  it('are left out for a step that does not apply', () => {
    const matter = matterWith({ step: 'fee', from: 'date("2026-11-02")' });
    expect(listOf(matter, { moved: '2026-11-02' })).toEqual(['limit-0 fee 2026-11-12T17:00']);
    expect(listOf(matter, {})).toEqual([]);
  });
});

describe('an act of the applicant', () => {
  const [byApplication, byStep] = [MOVED, { ...MOVED, step: 'fee', metBy: 'step' }].map((limit) => {
    const { applicantLimits } = matterWith(limit);
    return { limit: applicantLimits[0]!, at: at('2026-11-12T17:00') };
  });
  const [early, late] = [at('2026-11-12T17:00'), at('2026-11-12T17:01')];

  it('is the submission of the case, in time until the windows close on the last day', () => {
    const stateOf = (submittedAt: number) => lastDayState(byApplication!, { submittedAt, now: at('2027-01-01T00:00') });
    expect([stateOf(early), stateOf(late)]).toEqual(['met', 'over']);
  });

  it('or the end of its step, when the limit says so', () => {
    const stateOf = (status: 'accepted' | 'done', clock: number) =>
      lastDayState(byStep!, {
        submittedAt: early,
        step: { status, ...(status === 'done' && { endedAt: clock }) },
        now: clock,
      });
    expect([stateOf('accepted', early), stateOf('accepted', late)]).toEqual(['open', 'over']);
    expect([stateOf('done', early), stateOf('done', late)]).toEqual(['met', 'over']);
  });
});

describe('the matters of the catalog', () => {
  let matters: Matter[] = [];
  beforeAll(async () => {
    const catalog = await loadCatalog(fileURLToPath(new URL('../../../catalog', import.meta.url)));
    matters = catalog.ok ? catalog.matters.map(({ matter }) => matter) : [];
  });
  const getMatter = (code: string): Matter => matters.find((one) => one.code === code)!;
  const formOf = (sample: string, matter: string): Form => {
    const form = sampleForm(sample, matter);
    if (!isForm(form)) throw new Error(`${sample} is no form`);
    return form;
  };

  it('count the premium of a newborn from the birth, apart from the promise of the office', () => {
    const matter = getMatter('newborn-registration');
    const form = formOf('married-single-child', 'newborn-registration');
    const [child] = form['children'] as Form[];
    const born = { ...form, children: [{ ...child, birthTime: '2026-11-20T08:30:00+08:00' }] };
    const insured = { ...born, insurance: { wanted: true, premium: 'now' } };
    expect(listOf(matter, insured)).toEqual([
      'declare-birth household-registration 2026-12-21T17:00',
      'ask-for-vaccination-card vaccination-card 2026-12-21T17:00',
      'pay-premium medical-insurance-premium 2027-02-18T17:00',
    ]);
    const step = matter.steps.find(({ id }) => id === 'medical-insurance-premium');
    expect(step?.limit.promised).toEqual({ workingDays: 1 });
  });

  it('count the renewal of a licence from the end of its validity', () => {
    const matter = getMatter('driving-licence-renewal');
    const form = formOf('photo-at-counter', 'driving-licence-renewal');
    const licence = form['licence'] as Form;
    expect(listOf(matter, { ...form, licence: { ...licence, validTo: '2026-12-08' } })).toEqual([
      'renew-licence case 2027-12-08T17:00',
    ]);
  });
});
