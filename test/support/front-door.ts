import { z } from 'zod';
import { createToken } from '../../db/registry/tokens.ts';
import { serveApp } from './api.ts';
import type { Installation } from './product.ts';
import { makeSignedCall } from './sign.ts';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * The real API for an installation: calls of a supervisor and signed calls of agencies.
 */
export interface FrontDoor {
  supervisor: (method: string, path: string, body?: unknown) => Promise<Answer>;
  agency: (agency: string, path: string, body: unknown) => Promise<Answer>;
  close: () => Promise<void>;
}

/** Enough time for a case that waits for its next workflow task. */
const OUTCOME_WAIT_MS = 15_000;

export const openFrontDoor = async ({ db, cipher, config, secret }: Installation): Promise<FrontDoor> => {
  const served = await serveApp({
    ...{ cipher, pool: db, databaseUrl: config.databaseUrl },
    config: { publicUrl: config.PUBLIC_URL, outcomeWaitMs: OUTCOME_WAIT_MS, databaseQueue: 100_000 },
  });
  const { url } = served;
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
      const { raw, headers } = makeSignedCall({ agency, secret, method: 'POST', path, body });
      return send('POST', path, headers, raw.toString());
    },
    close: served.close,
  };
};
