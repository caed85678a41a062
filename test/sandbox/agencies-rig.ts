import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import { createAgencyClient } from '../../agencies/client.ts';
import { Decision, type StepRequest } from '../../agencies/contract.ts';
import { startAgencies } from '../../sandbox/agencies/server.ts';
import { SECRET, stepRequest } from '../agencies/requests.ts';

interface ReceivedRequest {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  raw: Buffer;
  decision: Decision;
}

/** Takes the place of the platform's API and answers with `status`. */
export async function startPlatform() {
  const platform = { url: '', status: 200, received: [] as ReceivedRequest[], close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    void buffer(request).then((raw) => {
      const decision = Decision.parse(JSON.parse(raw.toString()));
      platform.received.push({ path: request.url!, headers: request.headers, raw, decision });
      response.writeHead(platform.status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  platform.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  platform.close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return platform;
}

/** The sandbox agencies, a platform that they call back, and a client to call them with. */
export async function startRig() {
  const dataDir = mkdtempSync(join(tmpdir(), 'one-matter-agencies-'));
  const platform = await startPlatform();
  const client = createAgencyClient();
  const start = (apiUrl = platform.url) => {
    const agencies = ['police', 'hospital', 'real-estate'].map((id) => ({ id, secret: SECRET }));
    return startAgencies({ port: 0, dataDir, agencies, apiUrl });
  };
  let sandbox = await start();

  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const callbacksTo = ({ requestId }: StepRequest) =>
    platform.received.filter(({ path }) => path === `/agency/v1/tasks/${requestId}/decision`);

  return {
    dataDir,
    platform,
    client,
    control,
    callbacksTo,
    journal: () => readFileSync(join(dataDir, 'journal.jsonl'), 'utf8'),
    agency: (id = 'police', timeoutMs = 5000) => ({
      id,
      baseUrl: sandbox.urlOf(id),
      secrets: [SECRET],
      timeoutMs,
      allowPrivate: true,
    }),
    request: (part: Partial<StepRequest> = {}): StepRequest => {
      const made = stepRequest(part);
      return { ...made, callbackUrl: `${platform.url}/agency/v1/tasks/${made.requestId}/decision` };
    },
    behave: async (behaviour: object, id = 'police') => {
      expect((await control('PUT', `agencies/${id}/behaviour`, behaviour)).status).toBe(200);
    },
    effectsOf: async (requestId: string, id = 'police') => {
      const { body } = await control('GET', `agencies/${id}/effects`);
      return (body['effects'] as { requestId: string; effect: string }[])
        .filter((effect) => effect.requestId === requestId)
        .map(({ effect }) => effect);
    },
    callbackTo: async (sent: StepRequest) => {
      await expect.poll(() => callbacksTo(sent).length, { timeout: 10_000 }).toBeGreaterThan(0);
      return callbacksTo(sent)[0]!;
    },
    stop: () => sandbox.close(),
    start: async (apiUrl?: string) => {
      sandbox = await start(apiUrl);
    },
    restart: async (apiUrl?: string) => {
      await sandbox.close();
      sandbox = await start(apiUrl);
    },
    close: async () => {
      await client.close();
      await sandbox.close();
      await platform.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
