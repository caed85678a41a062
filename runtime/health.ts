import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** `GET /healthz` and `GET /metrics` of a process without other routes. */
export const serveHealth = async (
  { host, port }: { host: string; port: number },
  isHealthy: () => boolean,
): Promise<Server> => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    if (request.url === '/healthz') {
      response.writeHead(isHealthy() ? 200 : 503).end();
    } else if (request.url === '/metrics') {
      void registry
        .metrics()
        .then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return server;
};
