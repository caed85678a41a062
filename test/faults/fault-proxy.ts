import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way through TCP that can be broken, in the ways in which networks break. */
export interface FaultProxy {
  port: number;
  /** Connections that were ever made through it. */
  made: () => number;
  /** Connections that were tried while it was cut. */
  refused: () => number;
  /** Ends every connection and takes no new one. */
  cut: () => void;
  /**
   * Those that are there say nothing more and stay, in both directions (half-open); new ones work.
   * Gives how many there were.
   */
  silence: () => number;
  /** The same, and new ones are taken and say nothing either. */
  silenceAll: () => number;
  /** Takes new connections again, and passes on what they say. */
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
      // Still read, so that the other side's system is content, and nothing of it is passed on.
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
