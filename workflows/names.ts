/**
 * The names in Temporal, each defined once. Nothing here needs the SDK, so the watcher can use them.
 */

/**
 * The id of the update with which the starter of a case fetches its first entries. No message has
 * it.
 */
export const START_UPDATE_ID = 'start';

/** The query for how far a run has come (`unwrittenQuery`). */
export const UNWRITTEN_QUERY = 'unwritten';

/**
 * The failure type of an update whose messages all come too early. They are not added to the
 * history.
 */
export const TOO_EARLY = 'TOO_EARLY';

/**
 * The failure type below the failure of a workflow task that cannot read a payload; the watcher
 * reports it. The failure of the task itself has no type, because Temporal would end the case for
 * good if the converter threw a failure with a type.
 */
export const PAYLOAD_UNREADABLE = 'PAYLOAD_UNREADABLE';

/** The queue of the workflows and of the local activities. */
export const MATTERS_QUEUE = 'matters';

/**
 * Each agency has a queue of its own: a slow agency delays only itself, and can run its own worker.
 */
export const agencyQueue = (agency: string): string => `agency-${agency}`;

export const caseWorkflowId = (caseId: string): string => `case:${caseId}`;

/**
 * The schedule that makes the daily reports, and the type of its workflows, which is also the first
 * part of their ids.
 */
export const DAILY_REPORT = { scheduleId: 'daily-report', workflowType: 'dailyReport' } as const;
