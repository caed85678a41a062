import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listCases, type CaseFilter } from '../../db/cases/case-list.ts';
import { STEP_STATUSES, isStepEnd } from '../../domain/case/status.ts';
import { caseLight, LIGHTS, lightOf, type Light } from '../../domain/deadlines/light.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const NOW = Date.parse('2024-11-20T03:00:00Z');
const list = (filter: Partial<CaseFilter>, page = { limit: 100 }) =>
  listCases(database.db, database.cipher, { now: NOW, ...filter }, page);
const idsOf = (page: { rows: { caseId: string }[] }): string[] => page.rows.map(({ caseId }) => caseId);

describe('the list of cases', () => {
  it('is newest first and pages without gap or repetition while new cases come in', async () => {
    const region = '330501';
    // Several of the same instant, so that the id decides.
    const expected: string[] = [];
    for (let index = 0; index < 25; index += 1) {
      const { caseId } = await accept(database, { region, at: NOW + Math.floor(index / 4) });
      expected.push(caseId);
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ region }, { limit: 7, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...idsOf(page));
      cursor = page.nextCursor;
      await accept(database, { region, at: NOW + 1_000 });
    } while (cursor !== undefined);
    expect(found).toEqual(expected.reverse());
  });

  it.each(['nonsense', '', 'W10', Buffer.from('["x","y"]').toString('base64url')])(
    'refuses the cursor %j',
    async (cursor) => {
      await expect(list({}, { limit: 5, cursor } as { limit: number })).rejects.toMatchObject({
        code: 'CURSOR_INVALID',
      });
    },
  );

  it('takes a region by its prefix', async () => {
    const jiaxing = await accept(database, { region: '330411' });
    const hangzhou = await accept(database, { region: '330110' });
    expect(idsOf(await list({ region: '3304' }))).toContain(jiaxing.caseId);
    expect(idsOf(await list({ region: '3304' }))).not.toContain(hangzhou.caseId);
    expect(idsOf(await list({ region: '33' }))).toEqual(expect.arrayContaining([jiaxing.caseId, hangzhou.caseId]));
    expect(idsOf(await list({ region: '330110' }))).toContain(hangzhou.caseId);
  });

  it('finds a case by number, name or ID number in any spelling, and not by similar ones', async () => {
    const { caseId, caseNo } = await accept(database, {
      keys: [
        { kind: 'id-no', value: '33990020241120004X' },
        { kind: 'name', value: '欧阳 锋' },
      ],
    });
    for (const text of [
      caseNo,
      `${caseNo.slice(0, 6)}-${caseNo.slice(6)}`,
      '33990020241120004x',
      ' 欧阳锋 ',
      '欧阳 锋',
    ]) {
      expect(idsOf(await list({ text })), text).toEqual([caseId]);
    }
    for (const text of ['欧阳', '339900202411200041', caseNo.slice(0, 19), '%', '']) {
      expect(idsOf(await list({ text })), text).toEqual([]);
    }
  });

  it('filters by matter, status and agency, together', async () => {
    const { caseId } = await accept(database, { region: '330601' });
    const filter = { region: '330601', matter: 'house-move', status: 'submitted', agency: 'post' } as const;
    expect(idsOf(await list(filter))).toEqual([caseId]);
    expect(idsOf(await list({ ...filter, matter: 'other' }))).toEqual([]);
    expect(idsOf(await list({ ...filter, status: 'accepted' }))).toEqual([]);
    expect(idsOf(await list({ ...filter, agency: 'tax' }))).toEqual([]);
  });
});

describe('the light of a listed case', () => {
  const instant = fc.option(fc.integer({ min: NOW - 3, max: NOW + 3 }), { nil: undefined });
  const clock = fc.record({ yellowAt: instant, promisedAt: instant, statutoryAt: instant });
  const randomCase = fc.record({
    own: clock,
    endedAt: instant,
    pausedAt: fc.option(fc.integer({ min: NOW - 3, max: NOW }), { nil: undefined }),
    steps: fc.array(
      fc.record({
        clock,
        status: fc.constantFrom(...STEP_STATUSES),
        pausedAt: fc.option(fc.integer({ min: NOW - 3, max: NOW }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  });
  const columns = (now: {
    yellowAt?: number | undefined;
    promisedAt?: number | undefined;
    statutoryAt?: number | undefined;
  }) => [now.yellowAt, now.promisedAt, now.statutoryAt].map((at) => (at === undefined ? null : new Date(at)));

  it('is the light of domain/deadlines/light.ts for any row, and each light lists exactly its cases', async () => {
    const region = '330701';
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
    const samples = fc.sample(randomCase, { numRuns: 400, seed });
    const expected = new Map<string, Light>();
    for (const { own, endedAt, pausedAt: ownPause, steps } of samples) {
      const caseId = uuidv7();
      await accept(database, { region, caseId });
      await database.db.query(
        'update cases set yellow_at = $2, promised_at = $3, statutory_at = $4, ended_at = $5, paused_at = $6 where id = $1',
        [caseId, ...columns(own), ...[endedAt, ownPause].map((at) => (at === undefined ? null : new Date(at)))],
      );
      // A step that has not begun has no deadline yet; a case that has ended has no open step.
      const begun = steps.filter(
        ({ status }) => status !== 'waiting' && status !== 'ready' && (endedAt === undefined || isStepEnd(status)),
      );
      for (const [index, { clock: clockOf, status, pausedAt }] of begun.entries()) {
        await database.db.query(
          `insert into steps (case_id, id, definition, position, agency, division, kind, status, paused_at, yellow_at, promised_at, statutory_at)
          values ($1, $2, $2, $3, 'tax', '330701', 'approve', $4, $5, $6, $7, $8)`,
          [
            caseId,
            `random-${index}`,
            10 + index,
            status,
            pausedAt === undefined ? null : new Date(pausedAt),
            ...columns(clockOf),
          ],
        );
      }
      const open = begun.filter(({ status }) => !isStepEnd(status));
      const lights = open.map(({ clock: clockOf, pausedAt }) => lightOf({ now: NOW, ...clockOf, pausedAt }));
      expected.set(caseId, caseLight(lights, lightOf({ now: NOW, ...own, endedAt, pausedAt: ownPause })));
    }

    const { rows } = await list({ region }, { limit: 1_000 });
    expect(Object.fromEntries(rows.map(({ caseId, light }) => [caseId, light])), `SEED=${seed}`).toEqual(
      Object.fromEntries(expected),
    );
    for (const light of LIGHTS) {
      const found = idsOf(await list({ region, light }, { limit: 1_000 }));
      expect(found.sort(), `${light} SEED=${seed}`).toEqual(
        [...expected]
          .filter(([, one]) => one === light)
          .map(([id]) => id)
          .sort(),
      );
    }
  });
});
