import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way through TCP that can be broken, in the ways in which networks break. */
export interface FaultProxy {
  port: number;
  /** Connections that were ever made through it. */
  made: () => number;
  /** Ends every connection and takes no new one. */
  cut: () => void;
  /** Those that are there say nothing more and stay, in both directions (half-open); new ones work. Gives how many there were. */
  silence: () => number;
  /** Takes new connections again. */
  heal: () => void;
  close: () => Promise<void>;
}

export const openFaultProxy = async (upstream: { host: string; port: number }): Promise<FaultProxy> => {
  const pairs = new Set<[Socket, Socket]>();
  let isCut = false;
  let made = 0;

  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    made += 1;
    const service = connect(upstream);
    const pair: [Socket, Socket] = [client, service];
    pairs.add(pair);
    client.pipe(service).pipe(client);
    for (const one of pair) {
      one.on('error', () => undefined);
      one.on('close', () => {
        pairs.delete(pair);
        pair.forEach((socket) => socket.destroy());
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  return {
    port: address.port,
    made: () => made,
    cut: () => {
      isCut = true;
      for (const pair of pairs) pair.forEach((socket) => socket.destroy());
    },
    silence: () => {
      for (const [client, service] of pairs) {
        client.unpipe(service);
        service.unpipe(client);
        // Still read, so that the other side's system is content, and nothing of it is passed on.
        client.resume();
        service.resume();
      }
      return pairs.size;
    },
    heal: () => {
      isCut = false;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const pair of pairs) pair.forEach((socket) => socket.destroy());
      await closed;
    },
  };
};
