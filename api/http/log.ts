import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { pino, type Logger } from 'pino';
import type { Metrics } from './metrics.ts';

export type { Logger };

/** JSON lines on stdout; `level` is one of pino's, or `silent`. */
export const createLog = (level: string): Logger => pino({ level, base: { service: 'api' } });

/**
 * A correlation id of a proxy is kept if it is plain. Anything else could be made to mislead
 * readers of the log.
 */
const CORRELATION_ID = /^[A-Za-z0-9-]{8,64}$/;

/**
 * Gives every request its correlation id, and writes one log line and one measurement when it ends.
 * The line is an allow-list: paths, query strings, headers and bodies are never logged, because
 * they may hold personal data or a query code.
 */
export const observe =
  (log: Logger, metrics: Metrics): RequestHandler =>
  (req, res, next) => {
    const given = req.get('x-request-id');
    const correlationId = given !== undefined && CORRELATION_ID.test(given) ? given : randomUUID();
    res.set('x-request-id', correlationId);
    const started = performance.now();
    res.once('close', () => {
      const durationMs = Math.round(performance.now() - started);
      const { method } = req;
      const route = routeOf(req.route);
      const status = res.statusCode;
      log.info({ method, route, status, durationMs, correlationId, complete: res.writableFinished }, 'request');
      metrics.httpDuration.observe({ method, route, status: String(status) }, durationMs / 1000);
    });
    next();
  };

/** The template that matched (`/api/v1/cases/:caseId`), never the path itself. */
const routeOf = (route: unknown): string =>
  typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string'
    ? route.path
    : 'unmatched';
