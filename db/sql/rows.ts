/**
 * How rows are read: the type at `query<Row>` is what the statement selects. The tests check this
 * against a real database, and the constraints of the tables ensure it, because we wrote these
 * rows. Only data that people wrote (matters) are parsed with zod.
 */

/**
 * Removes the null columns of the row, in place, because absent values are absent everywhere else.
 */
export const dropNulls = <Row extends object>(row: Row): Row => {
  for (const [column, value] of Object.entries(row)) if (value === null) Reflect.deleteProperty(row, column);
  return row;
};

/** The only row of a statement that always returns one. */
export const onlyRow = <Row>(rows: readonly Row[]): Row => {
  const [row] = rows;
  if (row === undefined) throw new Error('the statement returned no row');
  return row;
};

/** An instant as a parameter; absent becomes null. */
export const toInstant = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

/** These instants of a row as a JSON parameter; absent becomes null. */
export const instants = <Name extends string>(
  row: Partial<Record<NoInfer<Name>, number>>,
  names: readonly Name[],
): Record<string, Date | null> => Object.fromEntries(names.map((name) => [name, toInstant(row[name])]));
