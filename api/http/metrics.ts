import type { Pool } from 'pg';
import { readBacklog } from '../../db/messages/backlog.ts';
import { countStallsByCause } from '../../db/supervision/stall-list.ts';
import { WAITING_CAUSES } from '../../domain/waiting/causes.ts';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { InboxOutcome } from '../../db/messages/inbox.ts';
import type { MetricsText } from '../../runtime/health.ts';

export interface Metrics extends MetricsText {
  httpDuration: Histogram<'method' | 'route' | 'status'>;
  outcomes: Counter<'outcome'>;
}

/** The text has the current backlog. Each app has its own registry, so that two apps in one process are counted separately. */
export const createMetrics = (pool: Pool): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string) => new Gauge({ name: `one_matter_${name}`, help, registers });
  const readable = gauge('backlog_readable', '1: the backlog could be read; 0: Postgres is unavailable');
  const messages = gauge('waiting_messages', 'Messages recorded and not yet applied or refused');
  const messageAge = gauge('waiting_message_age_seconds', 'Age of the oldest message not yet applied or refused');
  const starts = gauge('start_requests', 'Cases recorded and not yet started');
  const incidents = gauge('open_incidents', 'Agencies that have an outage');
  const parked = gauge('parked_steps', 'Steps that wait for the outage of their agency to end');
  const stalls = new Gauge({
    name: 'one_matter_open_stalls',
    help: 'Open stalls by cause',
    labelNames: ['cause'],
    registers,
  });
  const startAge = gauge('start_request_age_seconds', 'Age of the oldest case not yet started');

  return {
    httpDuration: new Histogram({
      name: 'one_matter_http_duration_seconds',
      help: 'Time from request to answer by route template',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30],
      registers,
    }),
    outcomes: new Counter({
      name: 'one_matter_outcomes_total',
      help: 'Outcomes of messages: applied, repeated, a refusal code, or recorded (answered 202)',
      labelNames: ['outcome'],
      registers,
    }),
    contentType: registry.contentType,
    render: async () => {
      // Metrics are also available without Postgres, and report that it is unavailable.
      const [backlog, byCause] = await Promise.all([
        readBacklog(pool).catch(() => undefined),
        countStallsByCause(pool).catch(() => undefined),
      ]);
      readable.set(backlog ? 1 : 0);
      messages.set(backlog?.messages ?? NaN);
      messageAge.set(backlog?.oldestMessageAgeS ?? NaN);
      starts.set(backlog?.startRequests ?? NaN);
      incidents.set(backlog?.openIncidents ?? NaN);
      parked.set(backlog?.parkedSteps ?? NaN);
      startAge.set(backlog?.oldestStartRequestAgeS ?? NaN);
      for (const cause of WAITING_CAUSES) stalls.set({ cause }, byCause ? (byCause.get(cause) ?? 0) : NaN);
      return registry.metrics();
    },
  };
};

/** The label of an outcome; undefined: no outcome yet. */
export const outcomeLabel = (outcome: InboxOutcome | undefined): string => {
  if (!outcome) return 'recorded';
  return outcome.kind === 'refused' ? outcome.code : outcome.kind;
};
