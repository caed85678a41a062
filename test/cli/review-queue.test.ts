import { expect, test } from 'vitest';
import type { ReviewAnswerDetail } from '../../contract/review-queue.ts';
import { CASE_ID, CASE_NO } from './in-process.ts';
import { api } from './recorded-api.ts';

const ANSWER: ReviewAnswerDetail = {
  caseId: CASE_ID,
  caseNo: CASE_NO,
  messageId: 'agency:police:late-1',
  step: { id: 'entry', name: { zh: '户口登记', en: 'Entry' } },
  round: 1,
  agency: { id: 'police', name: { zh: '公安局', en: 'Police' } },
  decision: 'refused',
  source: 'callback',
  receivedAt: '2024-11-25T09:00:00.000Z',
  state: 'dismissed',
  why: { code: 'STEP_ENDED', text: { zh: '环节已结束', en: 'The step has ended' } },
  record: { status: 'done', round: 1, decision: 'approved' },
  settled: { by: { role: 'supervisor', id: 'lin' }, at: '2024-11-25T10:00:00.000Z', reason: 'repeated' },
  actions: [{ action: 'adopt', allowed: true }],
  reason: 'not resident here',
  ground: 'not-resident',
  result: { certificateNo: '33-1' },
  supplements: [{ field: 'mother.idNo', reason: 'unreadable' }],
};
const PATH = `/api/v1/cases/${CASE_ID}/review-queue/${encodeURIComponent(ANSWER.messageId)}`;

test('an answer is shown with what the agency said and who settled it', async () => {
  const { cli } = await api({ [`GET ${PATH}`]: ANSWER });
  const { code, out } = await cli('review-queue', 'show', CASE_ID, ANSWER.messageId);
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    'STATE: Dismissed',
    `CASE: ${CASE_NO}`,
    'STEP: Entry',
    'AGENCY: police',
    'ANSWER: Refused',
    'ON RECORD: Approved',
    'RECEIVED: 2024-11-25 17:00:00+08:00',
    'MESSAGE: agency:police:late-1',
    'WHY: The step has ended',
    'reason: not resident here',
    'ground: not-resident',
    'result:',
    '  {',
    '    "certificateNo": "33-1"',
    '  }',
    'supplements:',
    '  {',
    '    "field": "mother.idNo",',
    '    "reason": "unreadable"',
    '  }',
    'decided by lin at 2024-11-25 18:00:00+08:00: repeated',
    'possible now: adopt',
    '',
  ]);
  expect(JSON.parse((await cli('review-queue', 'show', CASE_ID, ANSWER.messageId, '-o', 'json')).out)).toEqual(ANSWER);
});

test('a verdict that comes second is told who decided, and why', async () => {
  const { settled } = ANSWER;
  const problem = { title: 'This answer was decided', code: 'ANSWER_DECIDED', settled, allowed: [] };
  const { cli } = await api({ [`POST ${PATH}`]: problem }, 409);
  expect(await cli('review-queue', 'adopt', CASE_ID, ANSWER.messageId, '--reason', 'right')).toMatchObject({
    code: 2,
    err: [
      'This answer was decided (ANSWER_DECIDED)',
      '  decided by lin at 2024-11-25 18:00:00+08:00: repeated',
      '  possible now: nothing',
      '',
    ].join('\n'),
  });
});
