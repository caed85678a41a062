import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Task } from '../../contract/tasks.ts';
import { CASE_ID, CASE_NO } from './in-process.ts';
import { api } from './recorded-api.ts';

/** A day of an officer: what each command asks of the API, and what it prints. */

const folder = mkdtempSync(join(tmpdir(), 'one-matter-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TASK = `${CASE_ID}:entry:1`;
const task: Task = {
  requestId: TASK,
  caseNo: CASE_NO,
  matter: { code: 'newborn-registration', version: 1, name: { zh: '出生一件事', en: 'Newborn' } },
  step: { id: 'entry', kind: 'register', name: { zh: '户口登记', en: 'Entry' } },
  status: 'accepted',
  round: 1,
  light: 'yellow',
  dueAt: '2024-11-25T09:00:00.000Z',
};

const LAST_DAY = {
  limit: 'pay-premium',
  name: { zh: '缴费', en: 'Pay the premium' },
  step: 'entry',
  item: 2,
  state: 'open',
  stateText: { zh: '未到期', en: 'Still time' },
  until: {
    at: '2027-02-18T09:00:00.000Z',
    day: '2027-02-18',
    text: { zh: '最迟2027年2月18日（含当日）', en: 'by 18 February 2027 (that day included)' },
  },
  provisional: false,
  example: true,
  source: '示例',
  afterwards: { zh: '仍可缴费', en: 'It can still be paid' },
};

test('an officer sees the worklist, claims a task and releases it', async () => {
  const path = `/agency/v1/tasks/${encodeURIComponent(TASK)}`;
  const { cli } = await api({
    'GET /agency/v1/tasks': { tasks: [{ ...task, officer: 'o-2' }] },
    [`POST ${path}/claim`]: { requestId: TASK, claimedBy: 'o-1', claimedAt: task.dueAt, claimedUntil: task.dueAt },
    [`POST ${path}/release`]: {},
    [`GET ${path}`]: {
      ...task,
      decisions: ['approved', 'refused', 'supplement'],
      form: { child: { name: '林小满' } },
      materials: [],
      supplement: [],
      confirmations: [],
      lastDays: [LAST_DAY],
      results: [],
      resultFields: [],
    },
  });
  expect((await cli('task', 'list')).out).toBe(
    [
      `LIGHT   STATUS       CASE                  STEP   DUE                        TASK                                          WHOSE`,
      `Yellow  In progress  ${CASE_NO}  Entry  2024-11-25 17:00:00+08:00  ${TASK}  given to o-2`,
      '',
    ].join('\n'),
  );
  expect((await cli('task', 'claim', TASK)).out).toBe('You have the task until 2024-11-25 17:00:00+08:00.\n');
  expect((await cli('task', 'release', TASK)).out).toBe('Your colleagues can claim the task now.\n');
  const { out } = await cli('task', 'show', TASK);
  expect(out).toContain('"name": "林小满"');
  expect(out).toMatch(/DECISION: approved .*; refused Refused; supplement Supplement requested/);
  expect(out).toContain('·  Pay the premium 2  by 18 February 2027 (that day included)  Still time (example limit)\n');
});

test('an officer decides by options or by a file, whose words the options replace', async () => {
  const path = `/agency/v1/tasks/${encodeURIComponent(TASK)}/decision`;
  const { cli, asked } = await api({ [`POST ${path}`]: { messageId: 'm', outcome: 'applied' } });
  await cli('task', 'decide', TASK, 'approved', '--result', 'certificateNo=33-1', '--result', 'book=A=1');
  await cli('task', 'decide', TASK, 'supplement', '--field', 'mother.idNo=unreadable', '--material', 'photo=missing');
  await cli('task', 'decide', TASK, 'approved', '--amount', '12.5', '--paid-on', '2026-11-27', '--receipt', '33-7');
  const file = join(folder, 'decision.json');
  writeFileSync(file, JSON.stringify({ decision: 'refused', reason: 'of the file', ground: 'not-resident' }));
  expect(await cli('task', 'decide', TASK, '--file', file, '--reason', 'not resident')).toMatchObject({
    code: 0,
    out: 'The decision counts.\n',
  });
  expect(asked.map(({ body }) => body)).toEqual([
    { decision: 'approved', result: { certificateNo: '33-1', book: 'A=1' } },
    {
      decision: 'supplement',
      supplements: [
        { field: 'mother.idNo', reason: 'unreadable' },
        { material: 'photo', reason: 'missing' },
      ],
    },
    { decision: 'approved', result: { amount: 12.5, paidOn: '2026-11-27', receiptNo: '33-7' } },
    { decision: 'refused', reason: 'not resident', ground: 'not-resident' },
  ]);
  expect(await cli('task', 'decide', TASK)).toMatchObject({
    code: 2,
    err: 'Name the decision, one of: approved, exempt, refused, lapsed, missed, returned, supplement\n',
  });
  expect(await cli('task', 'decide', TASK, 'approved', '--result', 'x')).toMatchObject({ code: 2 });
});

test('an officer lists free tasks and the own decisions', async () => {
  const { requestId, caseNo, matter, step } = task;
  const decided = {
    requestId,
    caseId: CASE_ID,
    caseNo,
    matter,
    step,
    decision: 'refused',
    at: task.dueAt,
    status: 'refused',
  };
  const { cli, asked } = await api({
    'GET /agency/v1/tasks': { tasks: [] },
    'GET /agency/v1/decisions': { decisions: [decided] },
  });
  expect((await cli('task', 'list', '--free')).out).toBe('No task is open.\n');
  expect(asked[0]?.query).toMatchObject({ free: 'true' });
  expect((await cli('task', 'decided')).out).toMatch(
    new RegExp(`^DECIDED .*\\n2024-11-25 17:00:00\\+08:00  Refused .* ${caseNo}  Entry  Refused .* ${TASK}\\n$`),
  );
});
