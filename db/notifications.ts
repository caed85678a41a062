import { Client } from 'pg';
import { errorCode } from './pool.ts';

type NotificationChannel =
  | 'case_changed'
  | 'start_requested'
  | 'message_received'
  | 'message_settled'
  | 'agency_changed'
  | 'calendar_changed'
  | 'incident_changed';

export interface ListenOptions {
  url: string;
  channels: readonly NotificationChannel[];
  onNotification: (channel: string, payload: string) => void;
  /** Every time listening begins, also the first: what was said before went unheard, so look. */
  onReconnect: () => void;
  log: (line: string) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;

/**
 * Listens on one connection of its own, for ever: when the connection breaks it connects again with growing pauses. Notifications are
 * hints that save waiting; nothing may depend on one arriving.
 */
export const listen = (options: ListenOptions): { close: () => Promise<void> } => {
  let closed = false;
  let backoffMs = FIRST_BACKOFF_MS;
  let timer: NodeJS.Timeout | undefined;
  let client: Client | undefined;

  const connect = async (): Promise<void> => {
    const connection = new Client({
      connectionString: options.url,
      application_name: 'listen',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    client = connection;
    let broken = false;
    const again = (error?: unknown): void => {
      if (broken || closed) return;
      broken = true;
      options.log(
        `lost the connection that listens (${errorCode(error) ?? 'connection ended'}), reconnecting in ${backoffMs} ms`,
      );
      timer = setTimeout(() => void connect(), backoffMs);
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
      connection.end().catch(() => undefined);
    };
    connection.on('error', again);
    connection.on('end', () => again());
    connection.on('notification', ({ channel, payload }) => options.onNotification(channel, payload ?? ''));
    try {
      await connection.connect();
      for (const channel of options.channels) await connection.query(`listen ${channel}`);
    } catch (error) {
      again(error);
      return;
    }
    backoffMs = FIRST_BACKOFF_MS;
    options.onReconnect();
  };
  void connect();

  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
};
