import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that simulates the failures of networks. */
export interface FaultProxy {
  port: number;
  /** The number of connections so far. */
  made: () => number;
  /** The number of attempts to connect while it was cut. */
  refused: () => number;
  /** Ends every connection and refuses new ones. */
  cut: () => void;
  /**
   * Existing connections stay open and silent in both directions (half-open); new ones work.
   * Returns the number of silent ones.
   */
  silence: () => number;
  /** The same; new connections are accepted and also stay silent. */
  silenceAll: () => number;
  /** Accepts new connections again and forwards their data. */
  heal: () => void;
  close: () => Promise<void>;
}

export const openFaultProxy = async (upstream: { host: string; port: number }): Promise<FaultProxy> => {
  const pairs = new Set<[Socket, Socket]>();
  let isCut = false;
  let isSilent = false;
  let made = 0;
  let refused = 0;

  const server = createServer((client) => {
    if (isCut) {
      refused += 1;
      client.destroy();
      return;
    }
    made += 1;
    const service = connect(upstream);
    const pair: [Socket, Socket] = [client, service];
    pairs.add(pair);
    if (isSilent) pair.forEach((socket) => socket.resume());
    else client.pipe(service).pipe(client);
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

  const silence = (): number => {
    for (const [client, service] of pairs) {
      client.unpipe(service);
      service.unpipe(client);
      // The data is still read, so that the sender's buffers do not fill, but not forwarded.
      client.resume();
      service.resume();
    }
    return pairs.size;
  };
  return {
    port: address.port,
    made: () => made,
    refused: () => refused,
    cut: () => {
      isCut = true;
      for (const pair of pairs) pair.forEach((socket) => socket.destroy());
    },
    silence,
    silenceAll: () => {
      isSilent = true;
      return silence();
    },
    heal: () => {
      isSilent = false;
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
