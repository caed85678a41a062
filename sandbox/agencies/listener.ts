import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * The port of one agency on this machine. While it is shut, connections are refused, as by a
 * machine that is switched off.
 */
export interface AgencyListener {
  url: string;
  open: () => Promise<void>;
  /** Cuts the open connections. */
  shut: () => Promise<void>;
}

/** Opens a door at `port`; 0: at a free port, which it keeps when it is opened again. */
export const openListener = async (port: number, answer: RequestListener): Promise<AgencyListener> => {
  let server: Server | undefined;
  let own = port;
  const open = async () => {
    if (server) return;
    server = createServer(answer);
    // Longer than any client keeps an idle connection, so that the server never closes a connection
    // that a client is about to use.
    server.keepAliveTimeout = 65_000;
    server.listen(own, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The agency has no port.');
    own = address.port;
  };
  const shut = async () => {
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    server = undefined;
    await closed;
  };
  await open();
  return { url: `http://127.0.0.1:${own}`, open, shut };
};
