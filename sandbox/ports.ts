import { isFree } from '../runtime/port.ts';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isErrno } from './process.ts';

/**
 * Below the range that systems use for outgoing connections, so that the port of a service is still
 * free when it restarts.
 */
const FROM = 20_000;
const RANGE = 10_000;
/** Attempts to start a service whose ports are taken every time. */
const TRIES = 5;

/**
 * Reserves port numbers for services that start later or restart. No other pool on this machine
 * assigns a reserved number. The kernel releases all of them when this process ends.
 */
export interface PortPool {
  /**
   * Reserves a port on which nothing listens: `kept` if possible, else another one. 0: any port.
   */
  take: (kept: number) => Promise<number>;
  release: () => void;
}

export const createPortPool = (): PortPool => {
  const taken = new Map<number, Socket>();
  const tryTake = async (port: number): Promise<boolean> => {
    const token = taken.get(port) ?? (await takeToken(port));
    if (!token) return false;
    const free = await isFree(port);
    if (free) {
      taken.set(port, token);
    } else {
      taken.delete(port);
      token.close();
    }
    return free;
  };
  return {
    take: async (kept) => {
      if (kept !== 0 && (await tryTake(kept))) return kept;
      for (;;) {
        const port = FROM + Math.floor(Math.random() * RANGE);
        if (!taken.has(port) && (await tryTake(port))) return port;
      }
    },
    release: () => {
      for (const token of taken.values()) token.close();
      taken.clear();
    },
  };
};

/**
 * Starts something on reserved ports. If another program takes one of them first, that port is
 * replaced and the start is repeated. `kept`: the numbers by name; 0: not chosen yet. Throws what
 * `start` throws.
 */
export const startOnPorts = async <Name extends string, T>(options: {
  portPool: PortPool;
  kept: Record<Name, number>;
  start: (ports: Record<Name, number>) => Promise<T>;
}): Promise<{ ports: Record<Name, number>; started: T }> => {
  const { portPool, kept, start } = options;
  const ports = { ...kept };
  for (let tries = 1; ; tries += 1) {
    for (const name in ports) ports[name] = await portPool.take(ports[name]);
    try {
      return { ports, started: await start(ports) };
    } catch (error) {
      if (tries === TRIES || !isPortTaken(error)) throw error;
    }
  }
};

/**
 * Whether a start failed because something listens on the port, by the error or by the end of the
 * log of a process.
 */
export const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && /EADDRINUSE|address already in use/i.test(error.message);

/**
 * Binds the UDP port of the same number as a reservation: the services use TCP, and only one
 * process can bind it. Undefined: another process has it.
 */
const takeToken = async (port: number): Promise<Socket | undefined> => {
  const socket = createSocket('udp4');
  socket.bind({ port, address: '127.0.0.1', exclusive: true });
  try {
    await once(socket, 'listening');
    // The socket reserves the number without keeping the process alive.
    return socket.unref();
  } catch (error) {
    if (isErrno(error, 'EADDRINUSE') || isErrno(error, 'EACCES')) return undefined;
    throw error;
  }
};
