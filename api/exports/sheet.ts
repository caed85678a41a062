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

/** The lines of a sheet in order; `told` hears of the number of rows when the last is out. */
export async function* linesOf(sheet: Sheet, told: (rows: number) => void): AsyncGenerator<readonly Cell[]> {
  yield* sheet.about;
  yield [];
  yield sheet.columns;
  let rows = 0;
  for await (const row of sheet.rows) {
    rows += 1;
    yield row;
  }
  yield [];
  yield sheet.end(rows);
  told(rows);
}
