import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { pino, type Logger } from 'pino';
import { CALLERS_ID, mayHoldIdNumber } from '../../domain/message-ids.ts';
import type { Metrics } from './metrics.ts';

export type { Logger };

/** JSON lines on stdout; `level` is one of pino's, or `silent`. */
export const createLog = (level: string): Logger => pino({ level, base: { service: 'api' } });

/**
 * A correlation id of a proxy is kept if it has the form of an id and cannot hold an ID number.
 * Anything else could mislead readers of the log, or bring personal data into it.
 */
const keepsCorrelationId = (id: string): boolean => CALLERS_ID.test(id) && !mayHoldIdNumber(id);

/** Who made a request, and about which case. Never names of applicants. */
interface RequestNotes {
  /** Role and account. */
  account?: string;
  caseId?: string | undefined;
}

const NOTES = new WeakMap<Response, RequestNotes>();

/** Adds to the log line of a request. */
export const noteRequest = (res: Response, notes: RequestNotes): void => {
  NOTES.set(res, { ...NOTES.get(res), ...notes });
};

/**
 * Gives every request its correlation id, and writes one log line and one measurement when it ends.
 * The line is an allow-list: paths, query strings, headers and bodies are never logged, because
 * they may hold personal data or a query code.
 */
export const observe =
  (log: Logger, metrics: Metrics): RequestHandler =>
  (req, res, next) => {
    const given = req.get('x-request-id');
    const correlationId = given !== undefined && keepsCorrelationId(given) ? given : randomUUID();
    res.set('x-request-id', correlationId);
    const started = performance.now();
    res.once('close', () => {
      const durationMs = Math.round(performance.now() - started);
      const { method } = req;
      const route = routeOf(req.route);
      const status = res.statusCode;
      const notes = NOTES.get(res);
      log.info(
        { method, route, status, durationMs, correlationId, complete: res.writableFinished, ...notes },
        'request',
      );
      metrics.httpDuration.observe({ method, route, status: String(status) }, durationMs / 1000);
    });
    next();
  };

/** The template that matched (`/api/v1/cases/:caseId`), never the path itself. */
const routeOf = (route: unknown): string =>
  typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string'
    ? route.path
    : 'unmatched';
