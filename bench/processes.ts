import { readdirSync, readFileSync } from 'node:fs';

/** CPU and memory of a process and its children, read from /proc: Linux only. */

/** Clock ticks per second: USER_HZ, 100 on every Linux that Node supports. */
const MS_PER_TICK = 10;

export interface Usage {
  cpuMs: number;
  memoryMb: number;
}

interface Process {
  pid: number;
  parent: number;
  cpuMs: number;
  /** Of ended children. */
  goneCpuMs: number;
}

/** CPU and memory of all processes now. The difference of two snapshots is the use between them. */
export interface Snapshot {
  processes: ReadonlyMap<number, Process>;
}

export const snapshot = (): Snapshot => {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  return { processes: new Map(processes.map((one) => [one.pid, one])) };
};

const readProcess = (pid: number): Process | undefined => {
  const stat = read(pid, 'stat');
  if (stat === undefined) return undefined;
  // The name may contain spaces and brackets, so the fields after it are counted
  // (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const readMs = (place: number) => Number(fields[place]) * MS_PER_TICK;
  return { pid, parent: Number(fields[1]), cpuMs: readMs(11) + readMs(12), goneCpuMs: readMs(13) + readMs(14) };
};

/**
 * The use of each service between two snapshots, by name. A service includes its child processes
 * that are not another service. The use of Postgres is split by database, which is in the title of
 * each connection. The rest (WAL, checkpoints, ended connections) is `postgres shared`.
 */
export const measureUsage = (
  before: Snapshot,
  after: Snapshot,
  roots: Readonly<Record<string, number>>,
): Record<string, Usage> => {
  const usage: Record<string, Usage> = {};
  const services = new Set(Object.values(roots));
  const add = (name: string, cpuMs: number, memoryMb: number) => {
    const sum = (usage[name] ??= { cpuMs: 0, memoryMb: 0 });
    sum.cpuMs += cpuMs;
    sum.memoryMb += memoryMb;
  };
  for (const [name, root] of Object.entries(roots)) {
    for (const { pid, cpuMs, goneCpuMs } of treeOf(root, after, services)) {
      const earlier = before.processes.get(pid);
      const own = cpuMs - (earlier?.cpuMs ?? 0);
      const gone = goneCpuMs - (earlier?.goneCpuMs ?? 0);
      add(name === 'postgres' ? postgresPart(pid) : name, own, memoryMb(pid));
      add(name === 'postgres' ? 'postgres shared' : name, gone, 0);
    }
  }
  // The counter of ended children includes the whole use of a connection that ended meanwhile, so
  // its use before the first snapshot is subtracted.
  const { postgres } = roots;
  if (postgres !== undefined) {
    for (const { pid, cpuMs } of treeOf(postgres, before, services))
      if (!after.processes.has(pid)) add('postgres shared', -cpuMs, 0);
  }
  return usage;
};

const treeOf = (root: number, at: Snapshot, services: ReadonlySet<number>): Process[] => {
  const found = at.processes.get(root);
  const children = [...at.processes.values()].filter(({ pid, parent }) => parent === root && !services.has(pid));
  return [...(found ? [found] : []), ...children.flatMap(({ pid }) => treeOf(pid, at, services))];
};

const postgresPart = (pid: number): string => {
  const [, database] = /^postgres: \S+ (\S+) \S+\(\d+\)/.exec(read(pid, 'cmdline') ?? '') ?? [];
  if (database === undefined || database === 'postgres') return 'postgres shared';
  return database.startsWith('temporal') ? 'postgres for temporal' : 'postgres for product';
};

/**
 * The proportional share, which counts shared memory once. Postgres processes share most of it.
 */
const memoryMb = (pid: number): number => {
  const [, kb] = /^Pss:\s+(\d+) kB$/m.exec(read(pid, 'smaps_rollup') ?? '') ?? [];
  return Number(kb ?? 0) / 1024;
};

/** A process may end while it is read. */
const read = (pid: number, file: string): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
};
