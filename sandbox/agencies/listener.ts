import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';

/** One agency's own port of this machine. While it is shut, connections are refused, as by a machine that is off. */
export interface AgencyListener {
  url: string;
  open: () => Promise<void>;
  /** Connections under way are cut. */
  shut: () => Promise<void>;
}

/** A listener that is open; on any free port where `port` is 0, and on the same one ever after. */
export const openListener = async (port: number, answer: RequestListener): Promise<AgencyListener> => {
  let server: Server | undefined;
  let own = port;
  const open = async () => {
    if (server) return;
    server = createServer(answer);
    // Longer than any client keeps an idle connection, so that none is closed under a request.
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
