import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgencyList } from '../../contract/agencies.ts';
import { CaseView } from '../../contract/cases.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { listDailyReports, makeDailyReport } from '../../db/reports/daily-reports.ts';
import { settleStalls } from '../../db/supervision/stalls.ts';
import { stepsToWatch } from '../../db/supervision/watch.ts';
import { openApi, submission, type Api } from './harness.ts';
import { SMALL_MOVE } from '../support/matters.ts';

/** An agency that a matter names and the registry lacks. */
const GHOST = 'ghost';
const STEP = 'notify';

let api: Api;
let caseId: string;
beforeAll(async () => {
  api = await openApi();
  const steps = SMALL_MOVE.steps.map((step) => (step.id === STEP ? { ...step, agency: GHOST } : step));
  const matter = { ...SMALL_MOVE, code: 'ghost-move', steps };
  await publishMatter(api.pool, { matter, hash: 'e'.repeat(64), by: 'test' });
  const { body } = await api.call(
    'POST',
    '/api/v1/cases',
    submission(api.tokens.clerk, {
      matter: 'ghost-move',
      form: { applicant: { name: '李一', idNo: '339900198802290020' } },
    }),
  );
  ({ caseId } = body);
  await api.driver.takeTurn();
});
afterAll(() => api.close());

const get = async (path: string): Promise<unknown> => {
  const { status, body } = await api.call('GET', path, { token: api.tokens.supervisor });
  expect(status, path).toBe(200);
  return body;
};

it('a step of an agency that is not registered is seen by the watcher', async () => {
  await api.pool.query('update steps set watch_at = now() where case_id = $1 and id = $2', [caseId, STEP]);
  const found = (await stepsToWatch(api.pool, 100)).find(({ stepId }) => stepId === STEP);
  expect(found).toMatchObject({ caseId, agency: GHOST });
  expect(found).not.toHaveProperty('registered');
});

it('no list, count, report or export omits it', async () => {
  const since = Date.now();
  const stall = { cause: 'agency-unregistered', detail: 'UNREGISTERED', turn: 'system', since } as const;
  const of = { caseId, stepId: STEP, agency: GHOST, matter: 'ghost-move', region: '330411', judgedAs: '' };
  await settleStalls(api.pool, [{ ...of, stall }]);
  const { status } = await api.call('POST', `/api/v1/cases/${caseId}/steps/${STEP}/supervision-orders`, {
    token: api.tokens.supervisor,
    headers: { 'idempotency-key': 'order-1' },
    body: { reason: 'It is late.' },
  });
  expect(status).toBe(201);

  const named = { id: GHOST, name: { zh: GHOST, en: GHOST } };
  expect(await get('/api/v1/cases?matter=ghost-move')).toMatchObject({ cases: [{ caseId }] });
  const { steps } = CaseView.parse(await get(`/api/v1/cases/${caseId}`));
  expect(steps.find(({ id }) => id === STEP)).toMatchObject({ waiting: { cause: 'agency-unregistered' } });
  expect(await get('/api/v1/stalls?matter=ghost-move')).toMatchObject({
    stalls: [{ caseId, step: STEP, agency: GHOST, cause: 'agency-unregistered' }],
    counts: { total: 1, agencies: [{ agency: GHOST, count: 1 }], causes: [{ cause: 'agency-unregistered', count: 1 }] },
  });
  const { agencies } = AgencyList.parse(await get('/api/v1/agencies'));
  const { connection, ...figures } = agencies.find(({ id }) => id === GHOST)!;
  expect({ connection, ...figures }).toMatchObject({ ...named, connection: undefined, running: 1 });
  expect(await get('/api/v1/supervision-orders')).toMatchObject({ orders: [{ caseId, agency: named }] });
  expect(await get('/api/v1/reports/supervision-orders')).toMatchObject({ agencies: [{ agency: named, open: 1 }] });
  for (const subject of ['cases', 'stalls', 'supervision-orders']) {
    const filter = { matter: 'ghost-move' };
    const body = { subject, format: 'csv', filter };
    const { text } = await api.call('POST', '/api/v1/exports', { token: api.tokens.supervisor, body });
    expect(text, subject).toContain('合计行数,1\r\n');
  }
});

it('the reports of its time and its day count what it decided', async () => {
  await api.pool.query(
    `update steps set status = 'done', ended_at = now(), clock = $3 where case_id = $1 and id = $2`,
    [caseId, STEP, JSON.stringify({ startedAt: Date.now() - 60_000, holds: [], endedAt: Date.now() })],
  );
  expect(await get('/api/v1/reports/time')).toMatchObject({ agencies: [{ agency: { id: GHOST }, steps: 1 }] });
  const { agencies } = AgencyList.parse(await get('/api/v1/agencies'));
  expect(agencies.find(({ id }) => id === GHOST)).toMatchObject({ finished: 1 });
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  await makeDailyReport(api.pool, today);
  const [report] = await listDailyReports(api.pool, today, today);
  expect(report!.figures.agencies).toMatchObject([{ agency: GHOST, decided: 1 }]);
  expect(report!.figures.stalls).toMatchObject([{ agency: GHOST, cause: 'agency-unregistered', count: 1 }]);
});
