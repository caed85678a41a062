import { createServer } from 'node:http';
import { once } from 'node:events';
import { createCipher, readKeys } from '../db/sql/sealing.ts';
import { createPool } from '../db/sql/pool.ts';
import { createApp } from './app.ts';
import type { ApiConfig } from './config.ts';
import { createLog } from './http/log.ts';
import { openApiNotifications } from './notifications.ts';

/** Longer than a balancer keeps an idle connection, so that it is never we who close one that it is about to use. */
const KEEP_ALIVE_MS = 75_000;
/** Requests under way get this long to finish when the process is told to stop; then their connections are cut. */
const STOP_MS = 10_000;

export interface ApiServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  url: string;
  /** Stops accepting, lets requests under way finish, closes what it opened. Safe to call twice. */
  close: () => Promise<void>;
}

/** The API as a process runs it. Throws when the keys are not usable or the port is taken; Postgres may come later. */
export const serveApi = async (config: ApiConfig, { stopMs = STOP_MS } = {}): Promise<ApiServer> => {
  const cipher = createCipher(readKeys({ file: config.keyFile, env: config.keys }));
  const log = createLog(config.logLevel);
  const pool = createPool({ url: config.databaseUrl, max: config.databasePool, name: 'api' });
  const notifications = openApiNotifications({ url: config.databaseUrl, log });
  const stopping = new AbortController();

  const server = createServer(
    createApp({ pool, cipher, notifications, log, config, now: Date.now, stopping: stopping.signal }),
  );
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // A connection whose last request is answered while we stop would be kept open for the next one.
  server.on('request', ({ socket }, response) => {
    response.once('finish', () => {
      if (stopping.signal.aborted) socket.destroySoon();
    });
  });
  server.listen(config.port, config.host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  log.info({ host: config.host, port }, 'listening');

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
    await notifications.close();
    await pool.end();
    log.info('stopped');
  };
  return { url: `http://${config.host}:${port}`, close: () => (closing ??= close()) };
};
