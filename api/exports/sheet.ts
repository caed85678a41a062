/**
 * A table that is written row by row, so that neither this process nor Postgres holds all of it in
 * memory.
 */
export type Cell = string | number | undefined;

export interface Sheet {
  name: string;
  /** Printed above the table: its content, cut-off time, author and masking. */
  about: readonly (readonly [label: string, value: string])[];
  columns: readonly string[];
  rows: AsyncIterable<readonly Cell[]>;
  /** Printed below the table when all rows are written. A file without this line is incomplete. */
  end: (rows: number) => readonly [label: string, value: string];
}

/**
 * The lines of a sheet in order, safe for a spreadsheet; `onEnd` is called with the number of rows
 * after the last line.
 */
export async function* linesOf(sheet: Sheet, onEnd: (rows: number) => void): AsyncGenerator<readonly Cell[]> {
  yield* sheet.about.map((line) => line.map(disarm));
  yield [];
  yield sheet.columns;
  let rows = 0;
  for await (const row of sheet.rows) {
    rows += 1;
    yield row.map(disarm);
  }
  yield [];
  yield sheet.end(rows);
  onEnd(rows);
}

/**
 * A text that a spreadsheet would run as a formula (OWASP, CSV injection: `=`, `+`, `-`, `@`, tab,
 * return, also full width) gets an apostrophe before it. A workbook does not run texts, but it can
 * be saved as CSV later. Numbers are our own and stay numbers.
 */
export const disarm = (cell: Cell): Cell =>
  typeof cell === 'string' && /^\s*[=+\-@＝＋－＠]|^[\t\r]/.test(cell) ? `'${cell}` : cell;
