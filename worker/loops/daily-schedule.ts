import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleClient } from '@temporalio/client';
import type { Logger } from 'pino';
import { DAILY_REPORT, MATTERS_QUEUE } from '../../workflows/messages.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';

/** So often it is put right again, should somebody have deleted or changed it. */
const EVERY_MS = 600_000;

/** Ten minutes after midnight in China: what happened before has been written by then. */
const SPEC = { calendars: [{ hour: 0, minute: 10, comment: '日报' }], timezone: 'Asia/Shanghai' };

/**
 * One at a time. A run that Temporal missed while it was down is made up for a week; one run is enough for all the days that were
 * missed, and the next day's would find them too (`makeDailyReports`).
 */
const POLICIES = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '7 days' } as const;

const ACTION = {
  type: 'startWorkflow',
  workflowType: DAILY_REPORT.workflowType,
  workflowId: DAILY_REPORT.scheduleId,
  taskQueue: MATTERS_QUEUE,
  args: [],
} as const;

/** Creates the schedule of the daily report, or puts it right; whether it is paused is left as it is. Safe to repeat, by any number. */
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

/** Puts the schedule when the worker starts, and keeps it. */
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
