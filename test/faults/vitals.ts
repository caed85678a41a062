import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Installation } from './installation.ts';
import { judgeResourceUse, judgeLogs, type ResourceUse } from './invariants/bounded.ts';
import type { Finding } from './invariants/finding.ts';
import { until } from './until.ts';

export interface Vitals extends ResourceUse {
  /** How long each log was. */
  logs: Map<string, number>;
}

/**
 * Idle connections to Postgres and to agencies end after ten seconds, so right after a scenario the
 * pools may be full.
 */
const AFTER_WORK = { handles: 120, connections: 40, withinMs: 15_000 };
const AT_REST = { handles: 15, connections: 5, withinMs: 60_000 };
const OURS: readonly string[] = ['api', 'worker', 'sandbox'];

export const measure = async (installation: Installation): Promise<Vitals> => ({
  processes: processesOf(installation),
  connections: await connectionsTo(installation),
  logs: logsOf(installation),
});

/**
 * I12: memory, handles and connections are back near where they began, and no log says what none
 * may say.
 */
export const bounded = async (
  installation: Installation,
  before: Vitals,
  when: 'after work' | 'at rest',
  excuses?: RegExp,
): Promise<Finding[]> => {
  const more = when === 'at rest' ? AT_REST : AFTER_WORK;
  let findings: Finding[] = [];
  await until('the product holds no more than before', more.withinMs, async () => {
    findings = judgeResourceUse(before, await measure(installation), more);
    return findings.length === 0;
  }).catch(() => undefined);
  return when === 'at rest' ? findings : [...findings, ...judgeLogs(readSince(installation, before.logs), excuses)];
};

const processesOf = ({ sandbox }: Installation): Vitals['processes'] => {
  // Only Linux tells what a process holds.
  if (!existsSync('/proc/self/fd')) return new Map();
  return new Map(
    Object.entries(sandbox().pids).flatMap(([name, pid]) => {
      const held = OURS.includes(name) ? readHoldings(pid) : undefined;
      return held ? [[name, held]] : [];
    }),
  );
};

const readHoldings = (pid: number): { rssMb: number; handles: number; sockets: number } | undefined => {
  try {
    const [, kb = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    const sockets = links.filter((link) => link.startsWith('socket:')).length;
    return { rssMb: Math.round(Number(kb) / 1024), handles: links.length, sockets };
  } catch {
    // The process ended meanwhile.
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

const readSince = (installation: Installation, from: ReadonlyMap<string, number>): Map<string, string> =>
  new Map(
    [...logsOf(installation).keys()].map((name) => {
      const log = readFileSync(join(installation.logs, name));
      return [name, log.subarray(from.get(name) ?? 0).toString()];
    }),
  );
