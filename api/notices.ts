import { listen } from '../db/notifications.ts';
import type { Logger } from './log.ts';

const CHANNELS = ['message_settled', 'case_changed', 'agency_changed', 'calendar_changed'] as const;

/** What can be heard of. A topic without a key hears every notification of its channel. */
export type Topic = (typeof CHANNELS)[number] | `message_settled:${string}:${string}` | `case_changed:${string}`;

export interface Notices {
  /**
   * Calls `told` at each notification, until the function that it returns is called. Of a settled message it hears the kind of its outcome.
   */
  on: (topic: Topic, told: (detail?: string) => void) => () => void;
  close: () => Promise<void>;
}

/**
 * All of this process's waiting for Postgres, over one connection. After a reconnect, when notifications may have been lost,
 * everybody is told and looks for himself: notices save polling, and nothing depends on them.
 */
export const createNotices = ({ url, log }: { url: string; log: Logger }): Notices => {
  const topics = new Map<string, Set<(detail?: string) => void>>();
  const tell = (topic: string, detail?: string) => topics.get(topic)?.forEach((told) => told(detail));

  const listener = listen({
    url,
    channels: CHANNELS,
    onNotification: (channel, payload) => {
      tell(channel);
      const [first, rest] = halves(payload);
      // `case_changed` carries case and sequence; the case is what is waited for.
      if (channel === 'case_changed') tell(`${channel}:${first}`);
      if (channel === 'message_settled') tell(`${channel}:${rest}`, first);
    },
    onReconnect: () => [...topics.keys()].forEach((topic) => tell(topic)),
    log: (line) => log.warn(line),
  });

  return {
    on(topic, told) {
      const all = topics.get(topic) ?? new Set();
      topics.set(topic, all.add(told));
      return () => {
        all.delete(told);
        if (all.size === 0 && topics.get(topic) === all) topics.delete(topic);
      };
    },
    close: () => listener.close(),
  };
};

/** What is before the first colon, and what behind it. */
const halves = (payload: string): [string, string] => {
  const colon = payload.indexOf(':');
  return [payload.slice(0, colon), payload.slice(colon + 1)];
};

/** What happened since the watch began is remembered, so reading first and waiting afterwards misses nothing. */
export interface Watch {
  /** Resolves at the next notification, with its detail, or after `ms`, or when `signal` is aborted. */
  wait: (ms: number, signal: AbortSignal) => Promise<string | undefined>;
  stop: () => void;
}

export const watch = (notices: Notices, topic: Topic): Watch => {
  let missed = false;
  let said: string | undefined;
  let wakeUp: (() => void) | undefined;
  const stop = notices.on(topic, (detail) => {
    missed = true;
    said = detail;
    wakeUp?.();
  });
  return {
    stop,
    async wait(ms, signal) {
      if (!missed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
          };
          const timer = setTimeout(done, ms);
          signal.addEventListener('abort', done);
          wakeUp = done;
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
