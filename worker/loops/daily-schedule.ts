import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleClient } from '@temporalio/client';
import type { Logger } from 'pino';
import { DAILY_REPORT, MATTERS_QUEUE } from '../../workflows/names.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';

/** The schedule is restored within this time after it was deleted or changed. */
const EVERY_MS = 600_000;

/** Ten minutes after midnight in China: by then everything of the day before has been written. */
const SPEC = { calendars: [{ hour: 0, minute: 10, comment: '日报' }], timezone: 'Asia/Shanghai' };

/**
 * One run at a time. A run that Temporal missed while it was down is made up within a week. One run
 * reports all missed days, and so would the run of the next day (`makeDailyReports`).
 */
const POLICIES = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '7 days' } as const;

const ACTION = {
  type: 'startWorkflow',
  workflowType: DAILY_REPORT.workflowType,
  workflowId: DAILY_REPORT.scheduleId,
  taskQueue: MATTERS_QUEUE,
  args: [],
} as const;

/**
 * Creates the schedule of the daily report, or restores it; a paused schedule stays paused. Safe to
 * repeat, also from several workers at once.
 */
export const putDailySchedule = async (client: ScheduleClient): Promise<void> => {
  const { scheduleId } = DAILY_REPORT;
  try {
    await client.create({ scheduleId, spec: SPEC, policies: POLICIES, action: ACTION });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client
      .getHandle(scheduleId)
      .update(({ state }) => ({ spec: SPEC, policies: POLICIES, action: ACTION, state }));
  }
};

/** Creates the schedule when the worker starts, and keeps it. */
export const startDailySchedule = ({ client, log }: { client: ScheduleClient; log: Logger }): Loop =>
  startLoop(
    async () => {
      await putDailySchedule(client);
      return 'idle';
    },
    {
      everyMs: EVERY_MS,
      onError: (error) => log.warn({ err: error }, 'creating the schedule of the daily report failed, will retry'),
    },
  );
