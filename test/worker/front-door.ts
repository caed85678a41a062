import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { v7 as uuidv7 } from 'uuid';
import { signedHeaders } from '../../agencies/signature.ts';
import { createApp } from '../../api/app.ts';
import { createLog } from '../../api/log.ts';
import { openApiNotifications } from '../../api/notifications.ts';
import { createToken } from '../../db/tokens.ts';
import type { Installation } from './installation.ts';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** The API itself before an installation: a supervisor's calls, and the signed calls of agencies. */
export interface FrontDoor {
  supervisor: (method: string, path: string, body?: unknown) => Promise<Answer>;
  agency: (agency: string, path: string, body: unknown) => Promise<Answer>;
  close: () => Promise<void>;
}

/** Long enough for a case that has to wait for its next workflow task. */
const OUTCOME_WAIT_MS = 15_000;

export const openFrontDoor = async ({ db, cipher, config, secret }: Installation): Promise<FrontDoor> => {
  const log = createLog('silent');
  const notifications = openApiNotifications({ url: config.databaseUrl, log });
  const stopping = new AbortController();
  const many = 100_000;
  const rates = {
    perTokenPerMinute: many,
    perAddressPerMinute: many,
    searchesPerMinute: many,
    exportsPerMinute: many,
    publicPerAddressPerMinute: many,
    wrongCodesPerHour: many,
  };
  const app = createApp({
    pool: db,
    cipher,
    notifications,
    log,
    config: {
      publicUrl: config.PUBLIC_URL,
      trustedProxies: 0,
      outcomeWaitMs: OUTCOME_WAIT_MS,
      databaseQueue: many,
      rates,
    },
    now: Date.now,
    stopping: stopping.signal,
  });
  const server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = await createToken(db, cipher, { role: 'supervisor', account: 'supervisor-1' });

  const send = async (method: string, path: string, headers: Record<string, string>, raw = ''): Promise<Answer> => {
    const json = raw === '' ? {} : { body: raw, headers: { ...headers, 'content-type': 'application/json' } };
    const response = await fetch(`${url}${path}`, { method, headers, ...json });
    return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) };
  };
  return {
    supervisor: (method, path, body) =>
      send(method, path, { authorization: `Bearer ${token}` }, body === undefined ? '' : JSON.stringify(body)),
    agency: (agency, path, body) => {
      const raw = JSON.stringify(body);
      const at = Math.floor(Date.now() / 1_000);
      const signed = signedHeaders([secret], `msg_${uuidv7()}`, at, Buffer.from(raw));
      return send('POST', path, { 'x-one-matter-agency': agency, ...signed }, raw);
    },
    close: async () => {
      stopping.abort();
      server.closeAllConnections();
      server.close();
      await notifications.close();
    },
  };
};
