import { ScheduleClient, ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { listDailyReports } from '../../../db/reports/daily-reports.ts';
import { dateOf, dayOf } from '../../../domain/calendar/calendar-days.ts';
import { putDailySchedule } from '../../../worker/loops/daily-schedule.ts';
import { install, type Installation } from '../../support/product.ts';

const POLL = { timeout: 30_000, interval: 100 };

let installation: Installation;
let client: ScheduleClient;
beforeAll(async () => {
  installation = await install(inject('servers'));
  const { connection, options } = installation.temporal;
  client = new ScheduleClient({ connection, namespace: options.namespace });
});
afterAll(() => installation.close());

const schedule = () => client.getHandle('daily-report').describe();

it('the schedule is created once by several workers, and a pause by an operator stays', async () => {
  await Promise.all([putDailySchedule(client), putDailySchedule(client), putDailySchedule(client)]);
  await client.getHandle('daily-report').pause('an operator');
  // Temporal takes a pause as a signal: it is there a moment later.
  await expect.poll(async () => (await schedule()).state, POLL).toMatchObject({ paused: true });
  await putDailySchedule(client);
  const { state, policies, spec, action, info } = await schedule();
  expect({ paused: state.paused, note: state.note }).toEqual({ paused: true, note: 'an operator' });
  expect(policies).toMatchObject({ overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 7 * 86_400_000 });
  expect(spec).toMatchObject({ timezone: 'Asia/Shanghai' });
  expect(action).toMatchObject({ workflowType: 'dailyReport', taskQueue: 'matters' });
  // Ten past midnight in China.
  expect(info.nextActionTimes.map((at) => at.toISOString().slice(11))).toContain('16:10:00.000Z');
  await client.getHandle('daily-report').unpause();
});

it('a run makes the report of yesterday; the next one finds nothing to do', async () => {
  const yesterday = dateOf(dayOf(Date.now()) - 1);
  await installation.work();
  await client.getHandle('daily-report').trigger();
  await expect.poll(() => listDailyReports(installation.db, yesterday, yesterday), POLL).toHaveLength(1);
  const [made] = await listDailyReports(installation.db, yesterday, yesterday);

  // The schedule skips a run while it takes the first one for running.
  await expect.poll(async () => (await schedule()).info.runningActions, POLL).toEqual([]);
  const countEnded = async () => (await schedule()).info.recentActions.length;
  await client.getHandle('daily-report').trigger();
  await expect.poll(countEnded, POLL).toBe(2);
  const [, second] = (await schedule()).info.recentActions;
  const workflow = installation.temporal.workflow.getHandle(second!.action.workflow.workflowId);
  expect(await workflow.result()).toEqual([]);
  expect(await listDailyReports(installation.db, yesterday, yesterday)).toEqual([made]);
});
