import { expect, test } from 'vitest';
import type { LostCaseList } from '../../contract/resumptions.ts';
import { CASE_ID, CASE_NO } from './in-process.ts';
import { api } from './recorded-api.ts';

const lost = (change: Partial<LostCaseList> = {}): LostCaseList => ({
  cases: [
    {
      ...{ caseId: CASE_ID, caseNo: CASE_NO, matter: 'newborn-registration', region: '330411' },
      ...{ why: 'ahead', foundAt: '2024-11-20T01:00:00.000Z' },
    },
  ],
  total: 1,
  ...change,
});
const LIST = '/api/v1/resumptions';
const RESUME = `/api/v1/cases/${CASE_ID}/resumption`;
const INCIDENT = { id: 7, why: 'ledger', openedAt: '2024-11-20T01:00:00.000Z' } as const;

test('one case is resumed with a reason, by its id or number', async () => {
  const { cli, asked } = await api({
    'GET /api/v1/cases': { cases: [{ caseId: CASE_ID, caseNo: CASE_NO }] },
    [`POST ${RESUME}`]: { recorded: true },
  });
  expect(await cli('case', 'resume', CASE_ID)).toMatchObject({
    code: 2,
    err: 'A resumption needs a reason: --reason <text>.\n',
  });
  expect(asked).toEqual([]);
  expect(await cli('case', 'resume', CASE_ID, '--reason', 'terminated by mistake')).toEqual({
    code: 0,
    out: 'Recorded. A worker resumes within seconds.\n',
    err: '',
  });
  expect(asked).toMatchObject([{ method: 'POST', path: RESUME, body: { reason: 'terminated by mistake' } }]);
});

test('a dry run prints what would resume and the incident to confirm, and changes nothing', async () => {
  const { cli, asked } = await api({ [`GET ${LIST}`]: lost({ incident: INCIDENT }) });
  const { code, out } = await cli('case', 'resume', '--all', '--dry-run', '--reason', 'x');
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n')).toEqual([
    'CASE                  MATTER                CAUSE                                           SINCE',
    `${CASE_NO}  newborn-registration  The ledger lacks entries that the workflow has  2024-11-20 09:00:00+08:00`,
    '1 lost',
    'Postgres is older than Temporal',
    'Nothing resumes by itself. When the cause is known: one-matter case resume --all --confirm 7 --reason <text>',
  ]);
  expect(JSON.parse((await cli('case', 'resume', '--all', '--dry-run', '-o', 'json')).out)).toEqual(
    lost({ incident: INCIDENT }),
  );
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${LIST}`, `GET ${LIST}`]);
});

test.each([
  ['They resume by themselves.', lost()],
  [
    'Confirmed at 2024-11-20 10:00:00+08:00: they resume.',
    lost({ incident: { ...INCIDENT, confirmedAt: '2024-11-20T02:00:00.000Z' } }),
  ],
  ['No case has lost its workflow.', lost({ cases: [], total: 0 })],
])('a dry run says: %s', async (line, list) => {
  const { cli } = await api({ [`GET ${LIST}`]: list });
  expect((await cli('case', 'resume', '--all', '--dry-run')).out.trimEnd().split('\n').at(-1)).toBe(line);
});

test('all cases are resumed only with the number of the incident that a dry run has shown', async () => {
  const { cli, asked } = await api({ [`POST ${LIST}/confirm`]: { recorded: true } });
  expect(await cli('case', 'resume', '--all', '--reason', 'restored')).toMatchObject({
    code: 2,
    err: expect.stringContaining('one-matter case resume --all --dry-run') as string,
  });
  expect(await cli('case', 'resume', '--all', '--confirm', '7')).toMatchObject({ code: 2 });
  expect(await cli('case', 'resume', '--reason', 'x')).toMatchObject({
    code: 2,
    err: 'Name one case, or all with --all.\n',
  });
  expect(await cli('case', 'resume', CASE_ID, '--all', '--reason', 'x')).toMatchObject({ code: 2 });
  expect(asked).toEqual([]);
  expect(await cli('case', 'resume', '--all', '--confirm', '7', '--reason', 'restored')).toMatchObject({ code: 0 });
  expect(asked).toMatchObject([{ path: `${LIST}/confirm`, body: { incident: 7, reason: 'restored' } }]);
});
