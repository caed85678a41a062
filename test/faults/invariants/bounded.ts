import { stripVTControlCharacters } from 'node:util';
import { collect, type Finding } from './finding.ts';

/** The resources of the idle product. */
export interface ResourceUse {
  /** By service: megabytes, open files, and sockets among them. */
  processes: Map<string, { rssMb: number; handles: number; sockets: number }>;
  /** To Postgres. */
  connections: number;
}

/**
 * Node gives memory back when it likes, and a worker that has just started fills its cache of
 * workflows: what grows by less than this, or by less than half, is no leak that one scenario could
 * show.
 */
const MORE_MB = 250;
const MORE_SHARE = 1.5;

/** Expected log lines of a deliberate fault. */
const POISONED = 'poisoned';
/**
 * Log lines that no process may write: a history that the code cannot replay, an interrupted
 * handler, an unhandled rejection, a failed task.
 */
const NEVER = /TMPRL110[023]|unhandled ?rejection|Failing workflow task|MaxListenersExceeded|heap out of memory/i;

/**
 * I12: memory, files and connections are back near where they began. `more`: by how much handles
 * and connections may have grown.
 */
export const judgeResourceUse = (
  before: ResourceUse,
  after: ResourceUse,
  more: { handles: number; connections: number },
): Finding[] => {
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

/**
 * A defect of the SDK, not of a history (temporalio/sdk-typescript#1966), seen on a busy machine and
 * when the connection was cut: a cached run answers one update twice. The line ends in “while handling
 * update response (id …)” or in “in state machine”. The SDK fails this task and replays the run, so
 * the line stands once for a run. A run that cannot be replayed fails again.
 */
const ANSWERED_TWICE =
  /run_id=(\S+) .*Nondeterminism error: Invalid transition (?:while handling update response|in state machine)/;

/** Whether a line is the first of its run that reports the defect of the SDK. */
const createExcuse = (): ((line: string) => boolean) => {
  const runs = new Set<string>();
  return (line) => {
    const [, runId] = ANSWERED_TWICE.exec(stripVTControlCharacters(line)) ?? [];
    if (runId === undefined || runs.has(runId)) return false;
    runs.add(runId);
    return true;
  };
};

/** I12: no log contains a forbidden line. `texts`: the new text of each log, by its name. */
export const judgeLogs = (texts: ReadonlyMap<string, string>, excuses?: RegExp): Finding[] => {
  const { findings, report } = collect('I12');
  for (const [name, text] of texts) {
    if (name.startsWith(POISONED)) continue;
    const isDefect = createExcuse();
    const line = text.split('\n').find((one) => NEVER.test(one) && excuses?.test(one) !== true && !isDefect(one));
    if (line !== undefined) report(`${name}: ${line.slice(0, 700)}`);
  }
  return findings;
};
