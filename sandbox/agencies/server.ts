import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import { Agent } from 'undici';
import { isShut, openBehaviours } from './behaviour.ts';
import { createCallLog, type CallLog } from './call-log.ts';
import { createControl } from './control.ts';
import { createCourier } from './courier.ts';
import { openOffice, type Reply } from './office.ts';
import { openListener, type AgencyListener } from './listener.ts';
import { send } from './http.ts';
import { openJournal } from './journal.ts';
import { createProtocol } from './protocol.ts';

interface SandboxAgency {
  id: string;
  secret: string;
  /** Where it listens; absent: any free port. */
  port?: number | undefined;
}

interface AgenciesOptions {
  /** Where the agencies are controlled; 0: any free port. */
  port: number;
  /** The journal and the behaviours are kept here; it is made when absent. */
  dataDir: string;
  agencies: SandboxAgency[];
  /** Where the platform answers now; callbacks noted before a restart go there, whatever its port was then. */
  apiUrl: string;
}

/** Simultaneous callbacks to one platform. */
const CALLBACK_CONNECTIONS = 32;
/** An idle one is given back after this. */
const CALLBACK_IDLE_MS = 10_000;

/**
 * Plays every agency, each on a port of its own on this machine, and one more port to control them. What an agency did is in its
 * journal before it is answered, so a SIGKILL loses nothing that was told and repeats nothing that was done. Throws when a port is
 * taken; nothing is left open then.
 */
export async function startAgencies({ port, dataDir, agencies, apiUrl }: AgenciesOptions) {
  await mkdir(dataDir, { recursive: true });
  const journal = await openJournal(join(dataDir, 'journal.jsonl'));
  const behaviours = openBehaviours(join(dataDir, 'behaviour.json'));
  const pool = new Agent({ connections: CALLBACK_CONNECTIONS, keepAliveMaxTimeout: CALLBACK_IDLE_MS });
  const closing = new AbortController();
  const offices = new Map(
    agencies.map((agency) => {
      const courier = createCourier(agency, apiUrl, pool, closing.signal);
      return [agency.id, openOffice(agency.id, journal, courier)];
    }),
  );
  const listeners = new Map<string, AgencyListener>();
  const logs = new Map<string, CallLog>();
  let office: AgencyListener | undefined;
  const close = async () => {
    closing.abort();
    for (const office of offices.values()) office.close();
    await Promise.all([...listeners.values(), ...(office ? [office] : [])].map((listener) => listener.shut()));
    await pool.destroy();
    await journal.close();
  };
  const openDoors = async (): Promise<AgencyListener> => {
    for (const agency of agencies) {
      const office = offices.get(agency.id);
      if (!office) continue;
      const log = createCallLog(Date.now);
      logs.set(agency.id, log);
      const protocol = createProtocol(agency, office, behaviours, log);
      listeners.set(agency.id, await openListener(agency.port ?? 0, answering(protocol)));
    }
    const keepListener = async (id: string) => {
      const listener = listeners.get(id);
      await (isShut(behaviours.get(id)) ? listener?.shut() : listener?.open());
    };
    for (const id of listeners.keys()) await keepListener(id);
    const control = createControl({ offices, logs, behaviours, onChange: keepListener });
    return openListener(
      port,
      answering(async (request, [area = '', ...path]) => {
        if (area === 'healthz') return { status: 200, body: { agencies: [...offices.keys()] } };
        return area === 'sandbox' ? control(request, path) : { status: 404, body: { code: 'NOT_FOUND' } };
      }),
    );
  };
  try {
    office = await openDoors();
  } catch (error) {
    await close();
    throw error;
  }

  return {
    url: office.url,
    /** Where the platform reaches an agency. */
    urlOf: (id: string): string => {
      const listener = listeners.get(id);
      if (!listener) throw new Error(`the sandbox does not play ${id}`);
      return listener.url;
    },
    close,
  };
}

const answering =
  (route: (request: IncomingMessage, path: string[]) => Promise<Reply | 'cut'>): RequestListener =>
  (request, response) => {
    route(request, segments(request.url ?? '/')).then(
      (reply) => (reply === 'cut' ? request.socket.destroy() : send(response, reply)),
      () => request.socket.destroy(), // the caller went away, or the disk is full: no answer is promised
    );
  };

const segments = (url: string): string[] => {
  const path = url.split('?')[0] ?? '';
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.replaceAll('%3A', ':').replaceAll('%3a', ':'));
};
