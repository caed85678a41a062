import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import express, { type Express, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import swaggerUi from 'swagger-ui-dist';
import { MAX_BODY_BYTES } from '../agencies/contract.ts';
import { parseBody } from './http/body.ts';
import type { AppOptions, Deps } from './deps.ts';
import { accountOf } from '../identity/caller.ts';
import { findCaseId } from './commands/case-scope.ts';
import { identify } from './identify.ts';
import { refuseForOtherCall, rememberSignedCall } from './signed-call.ts';
import { createLimits } from './http/limits.ts';
import { noteRequest, observe } from './http/log.ts';
import { lineOf } from './http/network.ts';
import { describe } from './http/openapi.ts';
import { languageOf, problem, problemHandler } from './http/problems.ts';
import { parseQuery } from './http/query.ts';
import { startReading } from './http/reading.ts';
import type { Reply, Route } from './http/route.ts';
import { caseEventRoutes } from './routes/window/case-events.ts';
import { absenceRoutes } from './routes/supervision/absences.ts';
import { bulkRoutes } from './routes/supervision/bulk.ts';
import { caseClockRoutes } from './routes/window/case-clock.ts';
import { caseLedgerRoutes } from './routes/window/case-ledger.ts';
import { caseRoutes } from './routes/window/cases.ts';
import { exportRoutes } from './routes/supervision/exports.ts';
import { claimRoutes } from './routes/agency/claims.ts';
import { reviewQueueRoutes } from './routes/supervision/review-queue.ts';
import { incidentRoutes } from './routes/supervision/incidents.ts';
import { resumptionRoutes } from './routes/supervision/resumptions.ts';
import { matterRoutes } from './routes/window/matters.ts';
import { procedureRoutes } from './routes/agency/procedures.ts';
import { progressRoutes } from './routes/public/progress.ts';
import { readRoutes } from './routes/supervision/reads.ts';
import { reportRoutes } from './routes/supervision/reports.ts';
import { serviceRoutes } from './routes/operations/service.ts';
import { stepRoutes } from './routes/supervision/steps.ts';
import { supervisionOrderRoutes } from './routes/supervision/orders.ts';
import { supervisionRoutes } from './routes/supervision/stalls.ts';
import { supplementRoutes } from './routes/window/supplements.ts';
import { ownDecisionRoutes } from './routes/agency/own-decisions.ts';
import { taskRoutes } from './routes/agency/tasks.ts';
import { closingRoutes } from './routes/window/closing.ts';
import { correctionRoutes } from './routes/window/corrections.ts';
import { cacheAgencies, cacheCalendars, cacheMatters, cacheOffices } from '../runtime/reference-data.ts';

const EMPTY = Buffer.alloc(0);
const READING = ['GET', 'HEAD'];
/** The files of the package that the documentation page loads. */
const SWAGGER_FILES = ['/swagger-ui-bundle.js', '/swagger-ui.css', '/favicon-32x32.png'];
const PUBLIC_FILES = join(import.meta.dirname, 'public');

/** The Express app. It does not listen, and the caller closes what it passes in. */
export const createApp = (options: AppOptions): Express => {
  const { pool, cipher, notifications, now, config, log } = options;
  const deps: Deps = {
    ...options,
    cipher: { seal: cipher.seal, hash: cipher.hash },
    unrecorded: cipher,
    registry: { ...cacheMatters(pool, now), ...cacheAgencies(pool, cipher) },
    limits: createLimits(config),
    calendars: cacheCalendars(pool, now),
    offices: cacheOffices(pool, now),
  };
  notifications.on('agency_changed', deps.registry.forget);
  notifications.on('calendar_changed', deps.calendars.forget);
  const routes: Route[] = allRoutes(deps, () => description);
  const description = describe(routes, config.publicUrl);

  // Every waiting request adds a listener to the signal.
  setMaxListeners(0, options.stopping);
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustedProxies);
  // `parseQuery` parses it, after the request was counted.
  app.set('query parser', false);
  app.use(observe(log, deps.metrics), helmet(HEADERS), limitAddress(deps));
  // Bytes instead of JSON, because the signature is checked before the body is parsed.
  const readBytes = express.raw({ type: () => true, limit: MAX_BODY_BYTES, inflate: false });
  for (const route of routes) {
    app[route.method](expressPath(route), readBytes, serve(deps, route));
  }
  for (const [path, methods] of methodsByPath(routes)) {
    app.all(path, (_req, res) => refuseMethod(res, methods));
  }
  app.use(['/api/docs', '/progress'], onlyReading);
  app.use('/api/docs', express.static(join(PUBLIC_FILES, 'docs')));
  app.use('/api/docs', onlyFiles(SWAGGER_FILES, express.static(swaggerUi.getAbsoluteFSPath(), { index: false })));
  app.use('/progress', express.static(join(PUBLIC_FILES, 'progress')));
  app.use(() => {
    throw problem('NOT_FOUND');
  });
  app.use(problemHandler(log));
  return app;
};

const refuseMethod = (res: Response, allowed: readonly string[]): never => {
  res.set('Allow', allowed.join(', '));
  throw problem('METHOD_NOT_ALLOWED');
};

const onlyReading: RequestHandler = (req, res, next) =>
  READING.includes(req.method) ? next() : refuseMethod(res, READING);

/** The other files of the package tell versions and what it was built from. */
const onlyFiles =
  (names: readonly string[], serveFile: RequestHandler): RequestHandler =>
  (req, res, next) =>
    names.includes(req.path) ? serveFile(req, res, next) : next();

/** OpenAPI's `{caseId}` is `:caseId` for Express. */
const expressPath = ({ path }: Route): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

const methodsByPath = (routes: readonly Route[]): Map<string, string[]> => {
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    const path = expressPath(route);
    const taken = route.method === 'get' ? READING : ['POST'];
    methods.set(path, [...(methods.get(path) ?? []), ...taken]);
  }
  return methods;
};

/** Every route of the service. `description` is called later, when all routes are known. */
const allRoutes = (deps: Deps, description: () => object): Route[] => [
  ...matterRoutes(deps),
  ...caseRoutes(deps),
  ...caseEventRoutes(deps),
  ...caseClockRoutes(deps),
  ...caseLedgerRoutes(deps),
  ...supplementRoutes(deps),
  ...closingRoutes(deps),
  ...correctionRoutes(deps),
  ...taskRoutes(deps),
  ...ownDecisionRoutes(deps),
  ...claimRoutes(deps),
  ...absenceRoutes(deps),
  ...stepRoutes(deps),
  ...supervisionRoutes(deps),
  ...incidentRoutes(deps),
  ...resumptionRoutes(deps),
  ...reviewQueueRoutes(deps),
  ...readRoutes(deps),
  ...supervisionOrderRoutes(deps),
  ...bulkRoutes(deps),
  ...exportRoutes(deps),
  ...reportRoutes(deps),
  ...procedureRoutes(deps),
  ...progressRoutes(deps),
  ...serviceRoutes(deps, description),
];

/**
 * No inline code, no other origins, no frames. `upgrade-insecure-requests` is off, because it would
 * break plain HTTP on a local machine; the proxy provides HTTPS.
 */
const HEADERS: Parameters<typeof helmet>[0] = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
};

const limitAddress =
  ({ limits }: Deps): RequestHandler =>
  async (req, _res, next) => {
    await limits.address.consume(lineOf(req.ip));
    next();
  };

/**
 * Identifies and counts the caller before it parses query and body: a body with a wrong signature
 * is never parsed, and a request that is not valid counts as any other.
 */
const serve =
  (deps: Deps, route: Route): RequestHandler =>
  async (req, res) => {
    res.set('Cache-Control', 'no-store');
    const raw = Buffer.isBuffer(req.body) ? req.body : EMPTY;
    if (route.tag !== 'operations') refuseWhenFull(deps);
    if (route.limit === 'publicAddress') await deps.limits.publicAddress.consume(lineOf(req.ip));
    noteRequest(res, { caseId: findCaseId(req.params) });
    const caller = await identify(deps, req, raw);
    if (caller.role !== 'public') {
      noteRequest(res, { account: accountOf(caller) });
      await countCaller(deps, route, accountOf(caller));
    }
    const language = languageOf(req);
    const query = parseQuery(req.originalUrl, language);
    const body = parseBody(raw, req.get('content-type'), language);
    refuseForOtherCall(caller, req, body);
    const parts = { params: req.params, query, headers: req.headers, body };
    const beforeEffect = () => rememberSignedCall(deps, route, caller, req, body);
    const reading = startReading(deps.unrecorded, caller);
    // A refusal, too, may show what was read.
    const reply = await route
      .run(caller, parts, req, res, { beforeEffect, reading })
      .finally(() => reading.save(deps.pool));
    if (reply) send(res, reply);
  };

const countCaller = async ({ limits }: Deps, { limit }: Route, account: string): Promise<void> => {
  await limits.caller.consume(account);
  if (limit !== undefined && limit !== 'publicAddress') await limits[limit].consume(account);
};

/**
 * Refuses a request when too many others wait for a connection. `Retry-After` is random, so that
 * the callers do not all come back at once.
 */
const refuseWhenFull = ({ pool, config }: Deps): void => {
  if (pool.waitingCount < config.databaseQueue) return;
  throw problem('OVERLOADED', { retryAfterS: 1 + Math.random() * 4 });
};

const send = (res: Response, { status, body, headers = {} }: Reply): void => {
  res.status(status).set(headers);
  if (body === undefined) res.end();
  else res.json(body);
};
