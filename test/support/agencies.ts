import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Pool } from 'pg';
import { Decision, parseRequestId, type DecisionReply } from '../../agencies/contract.ts';
import { getTask } from '../../db/cases/steps.ts';
import { findMatter } from '../../db/registry/matters.ts';
import { getStep } from '../../domain/matter/compile.ts';
import { keepAnswer } from '../../exchange/keep-answer.ts';
import type { Cipher } from '../../db/sql/sealing.ts';
import type { Behaviour } from '../../sandbox/agencies/behaviour.ts';
import { startAgencies } from '../../sandbox/agencies/server.ts';
import { createPortPool, startOnPorts } from '../../sandbox/ports.ts';

/**
 * Takes the place of the API: puts callbacks into the inbox and records the ids of their requests
 * in `taken`. Answers 503 to callbacks about a case of `deaf`.
 */
export const startPlatform = async (db: Pool, cipher: Cipher) => {
  const platform = { url: '', deaf: new Set<string>(), taken: [] as string[], close: () => Promise.resolve() };
  const take = async (url: string, agency: string, raw: Buffer): Promise<number> => {
    const requestId = url.split('/')[4]!;
    const key = parseRequestId(requestId)!;
    if (platform.deaf.has(key.caseId)) return 503;
    const said = Decision.parse(JSON.parse(raw.toString()));
    const by = { role: 'agency', id: agency } as const;
    const { found } = await getTask(db, key.caseId, key.stepId);
    const { matter } = (await findMatter(db, found.matter, found.version))!;
    const step = getStep(matter, key.stepId);
    await keepAnswer(db, cipher, { key, source: 'callback', by, said, step, at: Date.now() });
    platform.taken.push(requestId);
    return 202;
  };
  const server = createServer((request, response) => {
    const agency = String(request.headers['x-one-matter-agency']);
    buffer(request)
      .then((raw) => take(request.url!, agency, raw))
      .then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(500).end(),
      );
  });
  // As `openListener` does: a connection is never closed that a client is about to use.
  server.keepAliveTimeout = 65_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  platform.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  platform.close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return platform;
};

/**
 * The agencies of these ids over HTTP, each with its own address, and the controls for a test.
 */
export const openAgencies = async ({ ids, secret, folder, apiUrl }: Options) => {
  const portPool = createPortPool();
  const start = (kept: Record<string, number>) =>
    startOnPorts({
      portPool,
      kept,
      start: ({ office = 0, ...doors }) =>
        startAgencies({
          port: office,
          dataDir: mkdtempSync(join(folder, 'agencies-')),
          agencies: ids.map((id) => ({ id, secret, port: doors[id] })),
          apiUrl,
        }),
    });
  const { started, ports } = await start({ office: 0, ...Object.fromEntries(ids.map((id) => [id, 0])) });
  let running = started;
  const { url, urlOf } = started;
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/sandbox/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const behave = (agency: string, behaviour: Partial<Behaviour>) =>
    control('PUT', `agencies/${agency}/behaviour`, behaviour);

  return {
    /** The address of an agency. An agency that is not simulated gets one that answers nothing. */
    urlOf: (id: string): string => (ids.includes(id) ? urlOf(id) : url),
    behave,
    behaveAll: async (behaviour: Partial<Behaviour>) => {
      for (const id of ids) await behave(id, behaviour);
    },
    /** The effects under this request id, or under all ids with this prefix. */
    effects: async (requestId: string): Promise<string[]> => {
      const { effects } = (await control('GET', 'effects')) as { effects: { requestId: string; effect: string }[] };
      return effects.filter((effect) => effect.requestId.startsWith(requestId)).map(({ effect }) => effect);
    },
    /** The ids of the calls that an agency got, each as often as it came. */
    calls: async (agency: string): Promise<string[]> => {
      const { calls } = (await control('GET', `agencies/${agency}/calls`)) as { calls: { id: string }[] };
      return calls.map(({ id }) => id);
    },
    /** An officer of the agency decides a pending request. */
    answer: (agency: string, requestId: string, decision: DecisionReply) =>
      control('POST', `agencies/${agency}/requests/${requestId}/answer`, decision),
    /** Restarts the agencies at their addresses without their journal. */
    loseAll: async () => {
      await running.close();
      running = (await start(ports)).started;
    },
    close: async () => {
      await running.close();
      portPool.release();
    },
  };
};

interface Options {
  ids: readonly string[];
  /** The secret that every agency signs with. */
  secret: string;
  folder: string;
  /** The address for callbacks. */
  apiUrl: string;
}
