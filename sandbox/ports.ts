import { createServer } from 'node:net';
import { isErrno } from './process.ts';

/** Below the range from which systems take ports for outgoing connections: what is free stays free while nobody listens. */
const FROM = 20_000;
const RANGE = 10_000;

/** Whether something could listen on this port of the loopback address now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (isErrno(error, 'EADDRINUSE') || isErrno(error, 'EACCES')) resolve(false);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

/** Different ports that nothing listens on and that are not `taken`, at random so that two who ask at once do not get the same. */
export const freePorts = async (count: number, taken: readonly number[] = []): Promise<number[]> => {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = FROM + Math.floor(Math.random() * RANGE);
    if (!ports.has(port) && !taken.includes(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
};
