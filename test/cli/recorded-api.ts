import type { Server } from 'node:http';
import { afterEach } from 'vitest';
import { json, runCli, startApi } from './in-process.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

export interface ReceivedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
}

/** An API that gives what is found under `GET /path`, and remembers what it was asked. */
export const api = async (answers: Record<string, unknown>, status = 200) => {
  const asked: ReceivedRequest[] = [];
  const started = await startApi((request, response, body) => {
    const url = new URL(request.url ?? '', 'http://api');
    const method = request.method ?? '';
    const one = { method, path: url.pathname, query: Object.fromEntries(url.searchParams), body };
    asked.push(one);
    const answer = answers[`${method} ${url.pathname}`];
    if (answer === undefined) json(response, 404, { title: 'Not found', code: 'NOT_FOUND' });
    else
      json(
        response,
        method === 'POST' ? status : 200,
        typeof answer === 'function' ? (answer as (asked: ReceivedRequest) => unknown)(one) : answer,
      );
  });
  servers.push(started.server);
  const cli = (...args: string[]) => runCli(args, { env: { ...started.env, LC_ALL: 'C' } });
  return { asked, cli, env: started.env };
};
