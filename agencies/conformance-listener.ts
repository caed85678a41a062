import { EventEmitter, on, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { readBody } from './body.ts';
import { verify } from './signature.ts';

/** A callback as it was received. */
interface Callback {
  path: string;
  verdict: ReturnType<typeof verify>;
  agency: string | undefined;
  messageId: string | undefined;
  raw: Buffer;
}

export interface CallbackListener {
  /** The base of the callback addresses that agencies get. */
  url: string;
  /** The callbacks to a path so far, in order of arrival. */
  listReceived(path: string): Callback[];
  /** Resolves with the first callback to the path; rejects if none arrives in time. */
  waitFor(path: string, timeoutMs: number): Promise<Callback>;
  close(): void;
}

export interface ListenerOptions {
  secret: string;
  /** The address to listen on; the default is any free port of this machine. */
  host?: string;
  port?: number;
  /** The base address under which the agency reaches the listener, if it differs. */
  callbackBase?: string;
}

/**
 * Takes the place of the platform's callback endpoint: 200 for a signed callback, 401 for any
 * other.
 */
export async function listenForCallbacks({
  secret,
  host = '127.0.0.1',
  port = 0,
  callbackBase,
}: ListenerOptions): Promise<CallbackListener> {
  const callbacks: Callback[] = [];
  const arrivals = new EventEmitter();
  arrivals.setMaxListeners(0);

  const receive = async (request: IncomingMessage): Promise<number> => {
    const raw = await readBody(request);
    if (!raw) return 413;
    const { 'webhook-id': messageId, 'x-one-matter-agency': agency } = request.headers;
    const verdict = verify([secret], request.headers, raw, Date.now());
    callbacks.push({
      path: new URL(request.url ?? '/', 'http://listener').pathname,
      verdict,
      agency: typeof agency === 'string' ? agency : undefined,
      messageId: typeof messageId === 'string' ? messageId : undefined,
      raw,
    });
    arrivals.emit('callback');
    return verdict === 'ok' ? 200 : 401;
  };

  const server = createServer((request, response) => {
    receive(request).then(
      (status) => response.writeHead(status).end(),
      () => request.socket.destroy(),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The listener has no port.');
  const listReceived = (path: string) => callbacks.filter((callback) => callback.path === path);

  return {
    url: callbackBase?.replace(/\/+$/, '') ?? `http://${host}:${address.port}`,
    listReceived,
    async waitFor(path, timeoutMs) {
      const [already] = listReceived(path);
      if (already) return already;
      for await (const _ of on(arrivals, 'callback', { signal: AbortSignal.timeout(timeoutMs) })) {
        const [callback] = listReceived(path);
        if (callback) return callback;
      }
      throw new Error('The listener was closed.');
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
