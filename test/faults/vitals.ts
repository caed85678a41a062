import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Installation } from './installation.ts';
import { collect, type Finding } from './invariants/finding.ts';
import { until } from './until.ts';

/** What the product holds when nothing is asked of it. */
export interface Vitals {
  /** By service: megabytes, open files, and sockets among them. */
  processes: Map<string, { rssMb: number; handles: number; sockets: number }>;
  connections: number;
  /** How long each log was. */
  logs: Map<string, number>;
}

/**
 * Node gives memory back when it likes, and a worker that has just started fills its cache of workflows: what grows by less than this, or
 * by less than half, is no leak that one scenario could show.
 */
const MORE_MB = 250;
const MORE_SHARE = 1.5;
/** Idle connections to Postgres and to agencies end after ten seconds, so right after a scenario the pools may be full. */
const AFTER_WORK = { handles: 120, connections: 40, withinMs: 15_000 };
const AT_REST = { handles: 15, connections: 5, withinMs: 60_000 };
const OURS: readonly string[] = ['api', 'worker', 'sandbox'];

/** What is made to do wrong says so. */
const POISONED = 'poisoned';
/** What no process may ever write: a history that the code cannot follow, a handler cut off, a promise that nobody watches, a failed task. */
const NEVER = /TMPRL110[023]|unhandled ?rejection|Failing workflow task|MaxListenersExceeded|heap out of memory/i;

export const measure = async (installation: Installation): Promise<Vitals> => ({
  processes: processesOf(installation),
  connections: await connectionsTo(installation),
  logs: logsOf(installation),
});

/** I12: memory, handles and connections are back near where they began, and no log says what none may say. */
export const bounded = async (
  installation: Installation,
  before: Vitals,
  when: 'after work' | 'at rest',
  excuses?: RegExp,
): Promise<Finding[]> => {
  const more = when === 'at rest' ? AT_REST : AFTER_WORK;
  let findings: Finding[] = [];
  await until('the product holds no more than before', more.withinMs, async () => {
    findings = grown(before, await measure(installation), more);
    return findings.length === 0;
  }).catch(() => undefined);
  return when === 'at rest' ? findings : [...findings, ...saidWhatNoneMay(installation, before.logs, excuses)];
};

const grown = (before: Vitals, after: Vitals, more: { handles: number; connections: number }): Finding[] => {
  const { findings, report } = collect('I12');
  for (const [name, { rssMb, handles, sockets }] of after.processes) {
    const first = before.processes.get(name);
    if (!first) continue;
    if (rssMb > Math.max(first.rssMb * MORE_SHARE, first.rssMb + MORE_MB))
      report(`${name} holds ${rssMb} MB after ${first.rssMb}`);
    if (handles > first.handles + more.handles)
      report(`${name} holds ${handles} files (${sockets} sockets) after ${first.handles}`);
  }
  if (after.connections > before.connections + more.connections)
    report(`${after.connections} connections to Postgres after ${before.connections}`);
  return findings;
};

const processesOf = ({ sandbox }: Installation): Vitals['processes'] => {
  // Only Linux tells what a process holds.
  if (!existsSync('/proc/self/fd')) return new Map();
  return new Map(
    Object.entries(sandbox().pids).flatMap(([name, pid]) => {
      const held = OURS.includes(name) ? holdings(pid) : undefined;
      return held ? [[name, held]] : [];
    }),
  );
};

const holdings = (pid: number): { rssMb: number; handles: number; sockets: number } | undefined => {
  try {
    const [, kb = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    const sockets = links.filter((link) => link.startsWith('socket:')).length;
    return { rssMb: Math.round(Number(kb) / 1024), handles: links.length, sockets };
  } catch {
    // It has gone this very moment.
    return undefined;
  }
};

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
};

const connectionsTo = async ({ db }: Installation): Promise<number> => {
  const { rows } = await db.query<{ count: number }>(
    'select count(*) from pg_stat_activity where datname = current_database()',
  );
  return rows[0]?.count ?? 0;
};

const logsOf = ({ logs }: Installation): Map<string, number> =>
  new Map(
    readdirSync(logs)
      .filter((name) => name.endsWith('.log'))
      .map((name) => [name, statSync(join(logs, name)).size]),
  );

const saidWhatNoneMay = (installation: Installation, from: Map<string, number>, excuses?: RegExp): Finding[] => {
  const { findings, report } = collect('I12');
  for (const [name] of logsOf(installation)) {
    if (name.startsWith(POISONED)) continue;
    const said = readFileSync(join(installation.logs, name)).subarray(from.get(name) ?? 0);
    const line = said
      .toString()
      .split('\n')
      .find((text) => NEVER.test(text) && excuses?.test(text) !== true);
    if (line !== undefined) report(`${name}: ${line.slice(0, 300)}`);
  }
  return findings;
};
