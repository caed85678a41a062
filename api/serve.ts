import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createCipher, readKeys } from '../db/sql/sealing.ts';
import { createPool } from '../db/sql/pool.ts';
import { createApp } from './app.ts';
import type { ApiConfig } from './config.ts';
import { createLog } from './http/log.ts';
import { createMetrics } from './http/metrics.ts';
import { serveHealth } from '../runtime/health.ts';
import { openApiNotifications } from './notifications.ts';

/**
 * Longer than a load balancer keeps an idle connection, so that the API never closes a connection
 * that the balancer is about to use.
 */
const KEEP_ALIVE_MS = 75_000;
/**
 * Time for running requests to finish when the process stops. After it their connections are
 * closed.
 */
const STOP_MS = 10_000;
/**
 * Time for the headers, and for the whole request, to arrive. A window sends 256 kB in a second; a
 * caller who sends slower than this holds a connection open.
 */
const HEADERS_MS = 15_000;
const REQUEST_MS = 60_000;
/** Connections of one process. A stream and a waiting request hold one each. */
const MAX_CONNECTIONS = 10_000;

interface ServeTimes {
  stopMs?: number;
  headersMs?: number;
  requestMs?: number;
}

export interface ApiServer {
  /** The address that it listens on: `http://127.0.0.1:8080`. */
  url: string;
  /** The address of `/metrics`, which a proxy does not pass on. */
  metricsUrl: string;
  /** Stops accepting, lets running requests finish, closes all resources. Safe to call twice. */
  close: () => Promise<void>;
}

/**
 * Starts the API. Throws when the keys are not usable or a port is taken, and then leaves nothing
 * open. Postgres may become available later.
 */
export const serveApi = async (
  config: ApiConfig,
  { stopMs = STOP_MS, headersMs = HEADERS_MS, requestMs = REQUEST_MS }: ServeTimes = {},
): Promise<ApiServer> => {
  const cipher = createCipher(readKeys({ file: config.keyFile, env: config.keys }));
  const log = createLog(config.logLevel);
  const pool = createPool({ url: config.databaseUrl, max: config.databasePool, name: 'api' });
  const notifications = openApiNotifications({ url: config.databaseUrl, log });
  const stopping = new AbortController();
  const metrics = createMetrics(pool);

  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(headersMs, requestMs) / 3,
    },
    createApp({ pool, cipher, notifications, log, metrics, config, now: Date.now, stopping: stopping.signal }),
  );
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = MAX_CONNECTIONS;
  // Without this header, a connection would stay open after its last response during the stop.
  server.on('request', ({ socket }, response) => {
    response.once('finish', () => {
      if (stopping.signal.aborted) socket.destroySoon();
    });
  });
  const isHealthy = () => !stopping.signal.aborted;
  const { host, port: asked, metricsPort: askedForMetrics } = config;
  const listen = async (): Promise<Server> => {
    server.listen(asked, host);
    await once(server, 'listening');
    return serveHealth({ host, port: askedForMetrics }, isHealthy, metrics);
  };
  const release = async (): Promise<void> => {
    await notifications.close();
    await pool.end();
  };
  const metricsServer = await listen().catch(async (error: unknown) => {
    // A port is taken.
    server.close();
    server.closeAllConnections();
    await release();
    throw error;
  });
  const port = portOf(server, asked);
  const metricsPort = portOf(metricsServer, askedForMetrics);
  log.info({ host, port, metricsPort }, 'listening');

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    log.info('stopping');
    const closed = once(server, 'close');
    server.close();
    stopping.abort();
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), stopMs);
    await closed;
    clearTimeout(cut);
    metricsServer.close();
    metricsServer.closeAllConnections();
    await release();
    log.info('stopped');
  };
  return {
    url: `http://${host}:${port}`,
    metricsUrl: `http://${host}:${metricsPort}/metrics`,
    close: () => (closing ??= close()),
  };
};

const portOf = (server: Server, asked: number): number => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : asked;
};
