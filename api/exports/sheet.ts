/** A table that is written row by row: nobody holds all of it, neither we nor Postgres. */
export type Cell = string | number | undefined;

export interface Sheet {
  name: string;
  /** Printed above the table: what it is of, until when, for whom, what is masked. */
  about: readonly (readonly [label: string, value: string])[];
  columns: readonly string[];
  rows: AsyncIterable<readonly Cell[]>;
  /** Printed below it when all rows are written: a file without this line is not whole. */
  end: (rows: number) => readonly [label: string, value: string];
}

/** The lines of a sheet in order, fit for a spreadsheet; `told` hears of the number of rows when the last is out. */
export async function* linesOf(sheet: Sheet, told: (rows: number) => void): AsyncGenerator<readonly Cell[]> {
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
  told(rows);
}

/**
 * A text that a spreadsheet would run as a formula (OWASP, CSV injection: `=`, `+`, `-`, `@`, tab, return, also full width) gets an
 * apostrophe before it. In a workbook it is a text anyhow, until somebody saves that as CSV. Numbers are ours and stay numbers.
 */
export const disarm = (cell: Cell): Cell =>
  typeof cell === 'string' && /^\s*[=+\-@＝＋－＠]|^[\t\r]/.test(cell) ? `'${cell}` : cell;
