import { setTimeout as delay } from 'node:timers/promises';
import { Option } from 'commander';
import { stringify } from 'yaml';
import { failure, isFailure } from './failure.ts';
import { createScreen, widthOf } from './screen.ts';
import type { Style, Terminal } from './terminal.ts';

const FORMATS = ['table', 'wide', 'json', 'yaml'] as const;
type Format = (typeof FORMATS)[number];

export interface OutputOptions {
  output: Format;
  watch?: true;
}

/** `-o`, for commands that print data. */
export const outputOption = ({ t }: Terminal): Option =>
  new Option('-o, --output <format>', t('help.output')).choices(FORMATS).default('table' satisfies Format);

/** `--watch`: for lists. */
export const watchOption = ({ t }: Terminal): Option => new Option('-w, --watch', t('help.watch'));

/** Prints data in the selected format; `draw` returns the lines of the table. */
export const show = (
  { print }: Terminal,
  format: Format,
  data: unknown,
  draw: (wide: boolean) => readonly string[],
): void => {
  switch (format) {
    case 'json':
      print(JSON.stringify(data, undefined, 2));
      break;
    case 'yaml':
      print(stringify(data).trimEnd());
      break;
    case 'table':
    case 'wide':
      print(draw(format === 'wide'));
  }
};

/** The pause between two reads of a watched list. */
const WATCH_MS = 2_000;

/** The same for a list; with `--watch` it is redrawn until Ctrl-C. */
export const showList = async <T>(
  terminal: Terminal,
  { output, watch }: OutputOptions,
  load: () => Promise<T>,
  draw: (data: T, wide: boolean) => readonly string[],
): Promise<void> => {
  if (watch && (output === 'json' || output === 'yaml')) throw failure(terminal.t('watch.tableOnly'));
  const first = await load();
  if (watch === undefined) {
    show(terminal, output, first, (wide) => draw(first, wide));
    return;
  }
  const { stdout, signal } = terminal;
  const screen = createScreen(stdout);
  let lines = draw(first, output === 'wide');
  while (signal?.aborted !== true) {
    screen.draw(lines);
    await delay(WATCH_MS, undefined, signal && { signal }).catch(() => undefined);
    lines = await load().then((data) => draw(data, output === 'wide'), wordsOfError);
  }
};

/** While the API is unavailable, the watch waits; every other error ends it. */
const wordsOfError = (error: unknown): string[] => {
  if (isFailure(error)) return error.message.split('\n');
  throw error;
};

export interface Column<T> {
  head: string;
  of: (row: T) => string | undefined;
  /** Only with `-o wide`. */
  wide?: true;
  style?: (row: T) => Style | undefined;
}

/** A table: a header, then one line per row. The last column is not padded. */
export const drawTable = <T>(
  { paint }: Pick<Terminal, 'paint'>,
  columns: readonly Column<T>[],
  rows: readonly T[],
  wide: boolean,
): string[] => {
  const shown = columns.filter((column) => wide || column.wide === undefined);
  const cells = rows.map((row) => shown.map(({ of }) => of(row) ?? '-'));
  const widths = shown.map(({ head }, index) =>
    Math.max(widthOf(head), ...cells.map((line) => widthOf(line[index] ?? ''))),
  );
  const join = (texts: readonly string[], styles: readonly (Style | undefined)[]): string =>
    texts
      .map((text, index) => {
        const style = styles[index];
        const pad = index === texts.length - 1 ? 0 : (widths[index] ?? 0) - widthOf(text);
        return `${style === undefined ? text : paint(style, text)}${' '.repeat(pad)}`;
      })
      .join('  ');
  return [
    join(
      shown.map(({ head }) => head),
      shown.map(() => 'dim'),
    ),
    ...rows.map((row, index) =>
      join(
        cells[index] ?? [],
        shown.map(({ style }) => style?.(row)),
      ),
    ),
  ];
};

/** One row as a list: a line for each column that it has. */
export const drawFields = <T>(columns: readonly Column<T>[], row: T): string[] =>
  columns.flatMap(({ head, of }) => {
    const value = of(row);
    return value === undefined ? [] : [`${head}: ${value}`];
  });

/** A value of the API, indented. */
export const jsonLines = (value: unknown): string[] =>
  JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line) => `  ${line}`);

/** Reads pages of a list up to `limit` rows; `more`: the list has further rows. */
export const gather = async <T>(
  limit: number,
  pageSize: number,
  load: (page: Record<string, string>) => Promise<{ rows: readonly T[]; nextCursor?: string | undefined }>,
): Promise<{ rows: T[]; more: boolean }> => {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const size = Math.min(pageSize, limit - rows.length);
    const page = await load({ limit: String(size), ...(cursor !== undefined && { cursor }) });
    rows.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== undefined && rows.length < limit);
  return { rows, more: cursor !== undefined };
};
