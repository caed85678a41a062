import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Pool } from 'pg';
import { Decision, parseRequestId } from '../../agencies/contract.ts';
import { inboxId } from '../../agencies/message-id.ts';
import { putMessage } from '../../db/inbox.ts';
import type { Cipher } from '../../db/personal-data.ts';

/**
 * Stands where the API stands: puts callbacks into the inbox, and notes the ids of their requests in `taken`. Those about a case of
 * `deaf` are answered 503.
 */
export const startPlatform = async (db: Pool, cipher: Cipher) => {
  const platform = { url: '', deaf: new Set<string>(), taken: [] as string[], close: () => Promise.resolve() };
  const take = async (url: string, agency: string, raw: Buffer): Promise<number> => {
    const requestId = url.split('/')[4]!;
    const { caseId, stepId, round } = parseRequestId(requestId)!;
    if (platform.deaf.has(caseId)) return 503;
    const { messageId: given, requestId: _repeated, decision, ...body } = Decision.parse(JSON.parse(raw.toString()));
    const by = { role: 'agency', id: agency } as const;
    const messageId = inboxId(by.id, given);
    const message = { kind: 'decision', id: messageId, stepId, round, decision, by } as const;
    await putMessage(db, cipher, { caseId, messageId, stepId, round, source: 'callback', message, body });
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
