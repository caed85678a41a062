import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A proxy to Postgres that cuts the connection at an exact place of a conversation. */
export interface CutProxy {
  port: number;
  /**
   * Starts counting. Never forwards the `at`-th turn, and calls `cut` once.
   */
  arm: (at: number, cut: () => void) => void;
  /** Stops counting and returns the count. */
  disarm: () => number;
  close: () => Promise<void>;
}

/**
 * `Sync`, the end of what a client says at a time with parameters; and a simple query is one by its
 * first letter.
 */
const SYNC = Buffer.from('S\0\0\0\x04', 'latin1');
const QUERY = 'Q'.charCodeAt(0);
/** `ReadyForQuery` and one letter: the end of what the server answers. */
const READY = Buffer.from('Z\0\0\0\x05', 'latin1');

/**
 * Counts the turns of the PostgreSQL protocol in both directions instead of TCP chunks, so that the
 * same place is the same statement in every run. Connections that listen for notifications are
 * passed through.
 */
export const openCutProxy = async (upstream: { host: string; port: number }): Promise<CutProxy> => {
  const sockets = new Set<Socket>();
  let armed: { at: number; cut: () => void } | undefined;
  let turns = 0;

  /** Whether this chunk may pass. */
  const pass = (isTurn: boolean): boolean => {
    if (!armed) return true;
    if (isTurn) turns += 1;
    if (turns < armed.at) return true;
    if (isTurn && turns === armed.at) armed.cut();
    return false;
  };

  const server = createServer((client) => {
    const postgres = connect(upstream);
    let listens = false;
    client.on('data', (chunk: Buffer) => {
      listens ||= /\blisten\b/i.test(chunk.toString('latin1'));
      const isTurn = !listens && (chunk[0] === QUERY || chunk.subarray(-SYNC.length).equals(SYNC));
      if (pass(isTurn)) postgres.write(chunk);
    });
    postgres.on('data', (chunk: Buffer) => {
      const isTurn = !listens && chunk.subarray(-READY.length - 1, -1).equals(READY);
      if (pass(isTurn)) client.write(chunk);
    });
    for (const [one, other] of [
      [client, postgres],
      [postgres, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  return {
    port: address.port,
    arm: (at, cut) => {
      turns = 0;
      armed = { at, cut };
    },
    disarm: () => {
      armed = undefined;
      return turns;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
