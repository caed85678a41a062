import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Agent } from 'undici';
import { openBehaviours } from './behaviour.ts';
import { createControl } from './control.ts';
import { createCourier } from './courier.ts';
import { openDesk, type Reply } from './desk.ts';
import { send } from './http.ts';
import { openJournal } from './journal.ts';
import { createProtocol } from './protocol.ts';

interface SandboxAgency {
  id: string;
  secret: string;
}

interface AgenciesOptions {
  /** 0: any free port. */
  port: number;
  /** The journal and the behaviours are kept here; it is made when absent. */
  dataDir: string;
  agencies: SandboxAgency[];
  /** Where the platform answers now; callbacks noted before a restart go there, whatever its port was then. */
  apiUrl: string;
}

/** Simultaneous callbacks to one platform. */
const CALLBACK_CONNECTIONS = 32;

/**
 * Plays every agency on one port of this machine, each at `{url}/agencies/{id}`. What an agency did is in its journal before it
 * is answered, so a SIGKILL loses nothing that was told and repeats nothing that was done.
 */
export async function startAgencies({ port, dataDir, agencies, apiUrl }: AgenciesOptions) {
  await mkdir(dataDir, { recursive: true });
  const journal = await openJournal(join(dataDir, 'journal.jsonl'));
  const behaviours = openBehaviours(join(dataDir, 'behaviour.json'));
  const pool = new Agent({ connections: CALLBACK_CONNECTIONS });
  const closing = new AbortController();
  const desks = new Map(
    agencies.map((agency) => {
      const courier = createCourier(agency, apiUrl, pool, closing.signal);
      return [agency.id, openDesk(agency.id, journal, courier)];
    }),
  );
  const protocols = new Map(
    agencies.flatMap((agency) => {
      const desk = desks.get(agency.id);
      return desk ? [[agency.id, createProtocol(agency, desk, behaviours)]] : [];
    }),
  );
  const control = createControl(desks, behaviours);

  const route = async (request: IncomingMessage): Promise<Reply | 'cut'> => {
    const [area = '', ...path] = segments(request.url ?? '/');
    if (area === 'healthz') return { status: 200, body: { agencies: [...desks.keys()] } };
    if (area === 'sandbox') return control(request, path);
    const protocol = area === 'agencies' ? protocols.get(path[0] ?? '') : undefined;
    return protocol ? protocol(request, path.slice(1)) : { status: 404, body: { code: 'NOT_FOUND' } };
  };

  const server = createServer((request, response) => {
    route(request).then(
      (reply) => (reply === 'cut' ? request.socket.destroy() : send(response, reply)),
      () => request.socket.destroy(), // the caller went away, or the disk is full: no answer is promised
    );
  });
  // Longer than any client keeps an idle connection, so that none is closed under a request.
  server.keepAliveTimeout = 65_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox has no port.');

  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      closing.abort();
      for (const desk of desks.values()) desk.close();
      server.closeAllConnections();
      server.close();
      await pool.destroy();
      await journal.close();
    },
  };
}

const segments = (url: string): string[] => {
  const path = url.split('?')[0] ?? '';
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.replaceAll('%3A', ':').replaceAll('%3a', ':'));
};
