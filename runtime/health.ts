import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of a process in the text format of Prometheus. */
export interface MetricsText {
  contentType: string;
  render: () => Promise<string>;
}

/** `GET /healthz` and `GET /metrics` of a process, on a port that only operators reach. */
export const serveHealth = async (
  { host, port }: { host: string; port: number },
  isHealthy: () => boolean,
  metrics: MetricsText = defaultMetrics(),
): Promise<Server> => {
  const server = createServer((request, response) => {
    if (request.url === '/healthz') {
      response.writeHead(isHealthy() ? 200 : 503).end();
    } else if (request.url === '/metrics') {
      void metrics.render().then((text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
};

const defaultMetrics = (): MetricsText => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return { contentType: registry.contentType, render: () => registry.metrics() };
};
