import type { ServerRuns } from './main.ts';
import type { CaseRun } from './measure.ts';
import { spread } from './statistics.ts';

/** One row of a table: a name and a number per run. */
type Line = readonly [name: string, values: readonly number[]];

/**
 * The measurements with one server as Markdown: a table per variant, then the cost of a case and of
 * an empty workflow.
 */
export const drawServer = ({ server, floor, variants }: ServerRuns): string => {
  const tables = Object.entries(variants).map(([variant, runs]) =>
    [`### ${server}: ${variant}`, '', drawTable(linesOf(runs))].join('\n'),
  );
  const floorLines: Line[] = [
    ['workflows/s', floor.map(({ perS }) => perS)],
    ...cpuLines(floor.map(({ cpuMs }) => cpuMs)),
  ];
  return [...tables, [`### ${server}: empty workflow`, '', drawTable(floorLines)].join('\n'), ''].join('\n\n');
};

const linesOf = (runs: readonly CaseRun[]): Line[] => {
  const line = (name: string, value: (run: CaseRun) => number): Line => [name, runs.map(value)];
  return [
    line('cases/s', ({ perS }) => perS),
    line('share of the floor', ({ toFloor }) => toFloor),
    line('start p50, ms', ({ startMs }) => startMs.p50),
    line('start p99, ms', ({ startMs }) => startMs.p99),
    line('step p50, ms', ({ stepMs }) => stepMs.p50),
    line('step p99, ms', ({ stepMs }) => stepMs.p99),
    line('case p50, ms', ({ caseMs }) => caseMs.p50),
    line('case p99, ms', ({ caseMs }) => caseMs.p99),
    line('history events', ({ historyEvents }) => historyEvents),
    line('history, kB', ({ historyKb }) => historyKb),
    line('commits, product', ({ commits }) => commits.product),
    line('commits, temporal', ({ commits }) => commits.temporal),
    ...cpuLines(runs.map(({ cpuMs }) => cpuMs)),
    ...listNames(runs.map(({ memoryMb }) => memoryMb)).map((name) =>
      line(`memory ${name}, MB`, ({ memoryMb }) => memoryMb[name] ?? 0),
    ),
  ];
};

const cpuLines = (runs: readonly Record<string, number>[]): Line[] => [
  ...listNames(runs).map((name): Line => [`CPU ${name}, ms`, runs.map((run) => run[name] ?? 0)]),
  ['CPU in all, ms', runs.map((run) => Object.values(run).reduce((sum, value) => sum + value, 0))],
];

const listNames = (runs: readonly Record<string, number>[]): string[] => [
  ...new Set(runs.flatMap((run) => Object.keys(run))),
];

const drawTable = (lines: readonly Line[]): string => {
  const rows = lines.map(([name, values]) => {
    const { min, median, max } = spread(values);
    return [name, ...[median, min, max].map(show)];
  });
  const table = [['a case', 'median', 'min', 'max'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const draw = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const [head = [], ...body] = table;
  return [draw(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(draw)].join('\n');
};

const show = (value: number): string => value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
