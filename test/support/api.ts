import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { createApp } from '../../api/app.ts';
import type { AppConfig } from '../../api/config.ts';
import { createLog } from '../../api/http/log.ts';
import { createMetrics } from '../../api/http/metrics.ts';
import { openApiNotifications } from '../../api/notifications.ts';
import { serveHealth } from '../../runtime/health.ts';
import type { Cipher } from '../../db/sql/sealing.ts';
import { findUndescribed, noteAnswers, type Description } from './described-answers.ts';

/** A limit that no test reaches. */
const MANY = 100_000;

/** The limits of the API in tests. */
export const RATES: AppConfig['rates'] = {
  perTokenPerMinute: MANY,
  perAddressPerMinute: MANY,
  searchesPerMinute: MANY,
  startsPerHour: MANY,
  exportsPerMinute: MANY,
  publicPerAddressPerMinute: MANY,
  wrongCodesPerHour: 5,
  wrongCodesPerCasePerDay: 8,
};

const CONFIG: AppConfig = {
  publicUrl: 'http://127.0.0.1',
  trustedProxies: 0,
  outcomeWaitMs: 2_500,
  databaseQueue: 200,
  rates: RATES,
  openPerCaller: MANY,
};

/** Of the first API in this process; all have the same. */
let description: Description | undefined;

/**
 * The API on its own port. The caller closes the pool. `close` fails if an answer had a status or a
 * type of content that the OpenAPI description does not name.
 */
export const serveApp = async (options: {
  pool: Pool;
  cipher: Cipher;
  databaseUrl: string;
  config?: Partial<AppConfig>;
  log?: Logger;
}): Promise<{ url: string; metricsUrl: string; close: () => Promise<void> }> => {
  const { pool, cipher, databaseUrl, config, log = createLog('silent') } = options;
  const notifications = openApiNotifications({ url: databaseUrl, log: createLog('silent') });
  const stopping = new AbortController();
  const metrics = createMetrics(pool);
  const metricsServer = await serveHealth({ host: '127.0.0.1', port: 0 }, () => true, metrics);
  const server = createServer(
    createApp({
      ...{ pool, cipher, notifications, log, metrics },
      config: { ...CONFIG, ...config },
      now: Date.now,
      stopping: stopping.signal,
    }),
  );
  // As `serve` does: a connection is never closed that a client is about to use.
  server.keepAliveTimeout = 75_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const described = (description ??= (await (await fetch(`${url}/api/openapi.json`)).json()) as Description);
  const seen = noteAnswers(server);
  return {
    url,
    metricsUrl: `http://127.0.0.1:${(metricsServer.address() as AddressInfo).port}/metrics`,
    close: async () => {
      stopping.abort();
      server.closeAllConnections();
      server.close();
      metricsServer.closeAllConnections();
      metricsServer.close();
      await notifications.close();
      const undescribed = new Set(seen.flatMap((answer) => findUndescribed(described, answer) ?? []));
      if (undescribed.size > 0)
        throw new Error(`answers that OpenAPI does not describe: ${[...undescribed].join('; ')}`);
    },
  };
};
