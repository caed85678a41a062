import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import { Agent } from 'undici';
import { isShut, openBehaviours } from './behaviour.ts';
import { createCallLog, type CallLog } from './call-log.ts';
import { createControl } from './control.ts';
import { createCourier } from './courier.ts';
import { openDesk, type Reply } from './desk.ts';
import { openDoor, type Door } from './door.ts';
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
  await mkdir(dataDir, { recursive: true });
  const journal = await openJournal(join(dataDir, 'journal.jsonl'));
  const behaviours = openBehaviours(join(dataDir, 'behaviour.json'));
  const pool = new Agent({ connections: CALLBACK_CONNECTIONS, keepAliveMaxTimeout: CALLBACK_IDLE_MS });
  const closing = new AbortController();
  const desks = new Map(
    agencies.map((agency) => {
      const courier = createCourier(agency, apiUrl, pool, closing.signal);
      return [agency.id, openDesk(agency.id, journal, courier)];
    }),
  );
  const doors = new Map<string, Door>();
  const logs = new Map<string, CallLog>();
  let office: Door | undefined;
  const close = async () => {
    closing.abort();
    for (const desk of desks.values()) desk.close();
    await Promise.all([...doors.values(), ...(office ? [office] : [])].map((door) => door.shut()));
    await pool.destroy();
    await journal.close();
  };
  const openDoors = async (): Promise<Door> => {
    for (const agency of agencies) {
      const desk = desks.get(agency.id);
      if (!desk) continue;
      const log = createCallLog(Date.now);
      logs.set(agency.id, log);
      const protocol = createProtocol(agency, desk, behaviours, log);
      doors.set(agency.id, await openDoor(agency.port ?? 0, answering(protocol)));
    }
    const keepDoor = async (id: string) => {
      const door = doors.get(id);
      await (isShut(behaviours.get(id)) ? door?.shut() : door?.open());
    };
    for (const id of doors.keys()) await keepDoor(id);
    const control = createControl({ desks, logs, behaviours, onChange: keepDoor });
    return openDoor(
      port,
      answering(async (request, [area = '', ...path]) => {
        if (area === 'healthz') return { status: 200, body: { agencies: [...desks.keys()] } };
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
      const door = doors.get(id);
      if (!door) throw new Error(`the sandbox does not play ${id}`);
      return door.url;
    },
    close,
  };
}

const answering =
  (route: (request: IncomingMessage, path: string[]) => Promise<Reply | 'cut'>): RequestListener =>
  (request, response) => {
    route(request, segments(request.url ?? '/')).then(
      (reply) => (reply === 'cut' ? request.socket.destroy() : send(response, reply)),
      () => request.socket.destroy(), // the caller disconnected or the disk is full: no answer is due
    );
  };

const segments = (url: string): string[] => {
  const path = url.split('?')[0] ?? '';
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.replaceAll('%3A', ':').replaceAll('%3a', ':'));
};
