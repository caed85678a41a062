import { Client } from 'pg';
import { errorCode } from '../db/sql/pool.ts';

type Channel =
  | 'case_changed'
  | 'start_requested'
  | 'message_received'
  | 'message_settled'
  | 'agency_changed'
  | 'calendar_changed'
  | 'incident_changed'
  | 'tokens_ended';

/** A topic: a channel, or one case, message or person of a channel. */
export type Topic =
  Channel | `message_settled:${string}:${string}` | `case_changed:${string}` | `tokens_ended:${string}`;

type Listener = (detail?: string) => void;

/**
 * The notifications of Postgres that a process listens to, over one connection. They shorten waits,
 * and nothing depends on the arrival of one: each time listening begins, every listener is called
 * without a detail, because notifications may have been lost before.
 */
export interface Notifications {
  /**
   * Calls `listener` at each notification, until the returned function is called. The detail is the
   * payload of the channel; for one settled message it is the kind of its outcome.
   */
  on: (topic: Topic, listener: Listener) => () => void;
  close: () => Promise<void>;
}

/**
 * Listens to the channels until it is closed. When the connection breaks, it logs that and connects
 * again.
 */
export const openNotifications = (options: {
  url: string;
  channels: readonly Channel[];
  log: (line: string) => void;
}): Notifications => {
  const listeners = new Map<string, Set<Listener>>();
  const tell = (topic: string, detail?: string) => listeners.get(topic)?.forEach((listener) => listener(detail));

  const connection = listen({
    ...options,
    onNotification: (channel, payload) => {
      tell(channel, payload);
      const [first, rest] = splitAtColon(payload);
      // `case_changed` carries case and sequence; listeners wait for the case.
      if (channel === 'case_changed') tell(`${channel}:${first}`);
      if (channel === 'tokens_ended') tell(`${channel}:${payload}`);
      if (channel === 'message_settled') tell(`${channel}:${rest}`, first);
    },
    onConnect: () => [...listeners.keys()].forEach((topic) => tell(topic)),
  });

  return {
    on(topic, listener) {
      const all = listeners.get(topic) ?? new Set();
      listeners.set(topic, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0 && listeners.get(topic) === all) listeners.delete(topic);
      };
    },
    close: () => connection.close(),
  };
};

const splitAtColon = (payload: string): [string, string] => {
  const colon = payload.indexOf(':');
  return [payload.slice(0, colon), payload.slice(colon + 1)];
};

/**
 * Remembers what happened since the watch began, so that reading first and waiting afterwards
 * misses nothing.
 */
export interface Watch {
  /**
   * Resolves at the next notification, with its detail, or after `ms`, or when `signal` is aborted.
   */
  wait: (ms: number, signal: AbortSignal) => Promise<string | undefined>;
  stop: () => void;
}

export const watch = (notifications: Notifications, topic: Topic): Watch => {
  let missed = false;
  let said: string | undefined;
  let wakeUp: (() => void) | undefined;
  const stop = notifications.on(topic, (detail) => {
    missed = true;
    said = detail;
    wakeUp?.();
  });
  return {
    stop,
    async wait(ms, signal) {
      if (!missed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const finish = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', finish);
            resolve();
          };
          const timer = setTimeout(finish, ms);
          signal.addEventListener('abort', finish);
          wakeUp = finish;
        });
      }
      wakeUp = undefined;
      missed = false;
      const detail = said;
      said = undefined;
      return detail;
    },
  };
};

const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;

/**
 * One connection that listens. When it breaks it is opened again, with growing pauses, until it is
 * closed.
 */
const listen = (options: {
  url: string;
  channels: readonly Channel[];
  onNotification: (channel: string, payload: string) => void;
  /** Called every time listening begins, also the first time. */
  onConnect: () => void;
  log: (line: string) => void;
}): { close: () => Promise<void> } => {
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
    const reconnect = (error?: unknown): void => {
      if (broken || closed) return;
      broken = true;
      options.log(
        `lost the connection that listens (${errorCode(error) ?? 'connection ended'}), reconnecting in ${backoffMs} ms`,
      );
      timer = setTimeout(() => void connect(), backoffMs);
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
      connection.end().catch(() => undefined);
    };
    connection.on('error', reconnect);
    connection.on('end', () => reconnect());
    connection.on('notification', ({ channel, payload }) => options.onNotification(channel, payload ?? ''));
    try {
      await connection.connect();
      for (const channel of options.channels) await connection.query(`listen ${channel}`);
    } catch (error) {
      reconnect(error);
      return;
    }
    backoffMs = FIRST_BACKOFF_MS;
    options.onConnect();
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
