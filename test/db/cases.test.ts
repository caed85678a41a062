import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCaseNo } from '../../db/cases/case-numbers.ts';
import { findCaseByNo, findCaseByQueryCode, getCase } from '../../db/cases/cases.ts';
import { addDossierRevision, getDossier } from '../../db/cases/dossiers.ts';
import { loadStep } from '../../db/cases/disclosures.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import { isUniqueViolation } from '../../db/sql/pool.ts';
import { listSteps } from '../../db/cases/steps.ts';
import { withClient } from '../../sandbox/database.ts';
import { accept, newCase, openDatabase, type TestDatabase } from '../support/database.ts';
import { HOUSE_MOVE_PLAN } from '../support/matters.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase({ max: 20 });
});
afterAll(() => database.close());

describe('acceptCase', () => {
  it('writes the case with everything that belongs to it', async () => {
    const { form, ...given } = newCase({ materials: [{ id: 'photo' }] });
    const { caseId, caseNo } = await accept(database, { ...given, form });

    expect(await getCase(database.db, caseId)).toEqual({
      caseId,
      caseNo,
      matter: 'house-move',
      version: 1,
      region: '330411',
      channel: 'window',
      status: 'submitted',
      gaps: [],
      submittedBy: 'clerk:clerk-1',
      submittedAt: given.at,
      provisional: false,
      statutoryProvisional: false,
      ledgerSeq: 1,
      plan: HOUSE_MOVE_PLAN,
    });
    expect(await findCaseByNo(database.db, caseNo)).toMatchObject({ caseId });
    expect(await getDossier(database.db, database.cipher, caseId)).toEqual({
      revision: 1,
      form,
      materials: [{ id: 'photo' }],
    });
    expect(
      (await listSteps(database.db, caseId)).map(({ stepId, definition, item, status }) => [
        stepId,
        definition,
        item,
        status,
      ]),
    ).toEqual([
      ['register', 'register', undefined, 'waiting'],
      ['notify.1', 'notify', 1, 'waiting'],
      ['notify.2', 'notify', 2, 'waiting'],
      ['meter', 'meter', undefined, 'skipped'],
    ]);
    const ledger = await readLedger(database.db, caseId, 0, 10);
    expect(ledger.map(({ entry }) => entry)).toEqual([{ kind: 'case-submitted', at: given.at, by: given.by }]);
    expect((await database.db.query('select from start_requests where case_id = $1', [caseId])).rowCount).toBe(1);
  });

  it('writes nothing when its transaction fails, and uses no number', async () => {
    const region = '330421';
    const given = newCase({ region });
    await accept(database, given);
    await expect(accept(database, given)).rejects.toThrow(/duplicate key/);
    const { caseNo } = await accept(database, { region });
    expect(caseNo).toMatch(/^3304212024112000002.$/);
  });

  it('numbers the cases of a division and day without gap or repetition, 50 at once', async () => {
    const region = '330482';
    const accepted = await Promise.all(Array.from({ length: 50 }, () => accept(database, { region })));
    const numbers = accepted.map(({ caseNo }) => caseNo).sort();
    expect(numbers.map((number) => number.slice(0, 19))).toEqual(
      Array.from({ length: 50 }, (_, index) => `33048220241120${String(index + 1).padStart(5, '0')}`),
    );
    expect(numbers.every((number) => readCaseNo(number) === number)).toBe(true);
  });

  it('refuses the case after the last number of a division and day, and starts again on the next day', async () => {
    const region = '330481';
    const at = Date.parse('2024-11-20T01:00:00Z');
    await accept(database, { region, at });
    await database.db.query(`update case_numbers set last = 99998 where region = $1`, [region]);
    expect((await accept(database, { region, at })).caseNo).toMatch(/^3304812024112099999.$/);
    for (let again = 0; again < 2; again += 1)
      await expect(accept(database, { region, at })).rejects.toMatchObject({ code: 'CASE_NUMBERS_SPENT' });
    expect((await accept(database, { region, at: at + 86_400_000 })).caseNo).toMatch(/^3304812024112100001.$/);
  });

  it('counts days as the counter does: by the clock of China', async () => {
    const region = '330483';
    const late = await accept(database, { region, at: Date.parse('2024-11-20T15:59:59.999Z') });
    const next = await accept(database, { region, at: Date.parse('2024-11-20T16:00:00.000Z') });
    expect(late.caseNo).toMatch(/^3304832024112000001.$/);
    expect(next.caseNo).toMatch(/^3304832024112100001.$/);
  });
});

describe('a case number', () => {
  const number = '33041120241120000120';

  it('is read in any spelling', () => {
    const valid = Array.from({ length: 10 }, (_, digit) => `${number.slice(0, 19)}${digit}`).filter((text) =>
      readCaseNo(text),
    );
    expect(valid).toHaveLength(1);
    const [text = ''] = valid;
    expect(readCaseNo(` ${text.slice(0, 6)}-${text.slice(6, 14)}-${text.slice(14, 19)} - ${text.slice(19)} `)).toBe(
      text,
    );
  });

  it('with any one digit wrong is not valid', async () => {
    const { caseNo } = await accept(database);
    for (let place = 0; place < 20; place += 1) {
      for (let change = 1; change < 10; change += 1) {
        const digit = (Number(caseNo[place]) + change) % 10;
        expect(readCaseNo(`${caseNo.slice(0, place)}${digit}${caseNo.slice(place + 1)}`)).toBeUndefined();
      }
    }
    expect(readCaseNo('339900199003070018')).toBeUndefined();
  });
});

describe('the public page', () => {
  it('opens for the number and its ten digits only', async () => {
    const one = await accept(database);
    const other = await accept(database);
    const find = (caseNo: string, code: string) => findCaseByQueryCode(database.db, database.cipher, caseNo, code);
    expect(one.queryCode).toMatch(/^\d{10}$/);
    expect(await find(one.caseNo, one.queryCode)).toMatchObject({ caseId: one.caseId });
    expect(await find(one.caseNo, one.queryCode)).not.toHaveProperty('queryCodeHash');
    const wrong = one.queryCode === '0000000000' ? '0000000001' : '0000000000';
    expect(await find(one.caseNo, wrong)).toBeUndefined();
    expect(await find('0'.repeat(20), one.queryCode)).toBeUndefined();
    if (one.queryCode !== other.queryCode) expect(await find(other.caseNo, one.queryCode)).toBeUndefined();
  });
});

describe('a dossier', () => {
  it('grows by revisions, of which two at once cannot be the same one', async () => {
    const { caseId } = await accept(database);
    const add = (name: string) =>
      addDossierRevision(database.db, database.cipher, { caseId, previous: 1, form: { name }, materials: [] });
    const [first, second] = await Promise.allSettled([add('李四'), add('王五')]);
    const outcomes = [first, second];
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.every((outcome) => outcome.status === 'fulfilled' || isUniqueViolation(outcome.reason))).toBe(true);
    expect((await getDossier(database.db, database.cipher, caseId)).revision).toBe(2);
    const step = await loadStep(database.db, database.cipher, { caseId, stepId: 'notify.2' });
    expect(['李四', '王五']).toContain(step.form['name']);
  });

  it('does not open in the row of another case', async () => {
    const [one, other] = [await accept(database), await accept(database)];
    await withClient(database.adminUrl, (admin) =>
      admin.query(
        'update dossiers set content = (select content from dossiers where case_id = $2) where case_id = $1',
        [one.caseId, other.caseId],
      ),
    );
    await expect(getDossier(database.db, database.cipher, one.caseId)).rejects.toMatchObject({
      code: 'SEALED_UNREADABLE',
    });
  });
});

it('what is missing has its code', async () => {
  const nowhere = newCase().caseId;
  await expect(getCase(database.db, nowhere)).rejects.toMatchObject({ code: 'CASE_UNKNOWN' });
  await expect(getDossier(database.db, database.cipher, nowhere)).rejects.toMatchObject({ code: 'CASE_UNKNOWN' });
  const unknown = { caseId: nowhere, stepId: 'register' };
  await expect(loadStep(database.db, database.cipher, unknown)).rejects.toMatchObject({
    code: 'STEP_UNKNOWN',
  });
  expect(await findCaseByNo(database.db, '0'.repeat(20))).toBeUndefined();
});
