import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import { Agent } from 'undici';
import { PRIVATE_FOLDER } from '../private-files.ts';
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
  /** Its port; absent: any free port. */
  port?: number | undefined;
}

interface AgenciesOptions {
  /** The port that controls the agencies; 0: any free port. */
  port: number;
  /** The folder of the journal and the behaviours; created if missing. */
  dataDir: string;
  agencies: SandboxAgency[];
  /**
   * The current address of the platform. Callbacks from before a restart also go there, even if the
   * port has changed.
   */
  apiUrl: string;
}

/** Simultaneous callbacks to one platform. */
const CALLBACK_CONNECTIONS = 32;
/** An idle connection is closed after this time. */
const CALLBACK_IDLE_MS = 10_000;

/**
 * Simulates all agencies, each on its own port, with one more port to control them. An agency
 * answers only after its journal has the effect, so that a SIGKILL loses no answered effect and
 * repeats none. Throws when a port is taken, and leaves nothing open.
 */
export async function startAgencies({ port, dataDir, agencies, apiUrl }: AgenciesOptions) {
  await mkdir(dataDir, { recursive: true, mode: PRIVATE_FOLDER });
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
    /** The address of an agency. */
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
    route(request, splitPath(request.url ?? '/')).then(
      (reply) => (reply === 'cut' ? request.socket.destroy() : send(response, reply)),
      () => request.socket.destroy(), // the caller disconnected or the disk is full: no answer is due
    );
  };

const splitPath = (url: string): string[] => {
  const path = url.split('?')[0] ?? '';
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.replaceAll('%3A', ':').replaceAll('%3a', ':'));
};
