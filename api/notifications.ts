import { openNotifications, type Notifications } from '../runtime/notifications.ts';
import type { Logger } from './http/log.ts';

/** The Postgres notifications of an API process. */
export const openApiNotifications = ({ url, log }: { url: string; log: Logger }): Notifications =>
  openNotifications({
    url,
    channels: ['message_settled', 'case_changed', 'agency_changed', 'calendar_changed', 'tokens_ended'],
    log: (line) => log.warn(line),
  });
