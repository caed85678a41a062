/**
 * How rows are read: the type named at `query<Row>` is what the statement selects, checked by the tests against a real database
 * and by the tables' own constraints, because these rows were written by us. Only what people wrote (matters) is parsed with zod.
 */

/** The row with its null columns left out, in place: absent is absent, as everywhere else. */
export const present = <Row extends object>(row: Row): Row => {
  for (const [column, value] of Object.entries(row)) if (value === null) Reflect.deleteProperty(row, column);
  return row;
};

/** The only row of a statement that always gives one. */
export const only = <Row>(rows: readonly Row[]): Row => {
  const [row] = rows;
  if (row === undefined) throw new Error('the statement returned no row');
  return row;
};

/** An instant for a parameter; absent stays null. */
export const instant = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

/** These instants of a row, for a parameter in JSON; absent is null. */
export const instants = <Name extends string>(
  row: Partial<Record<NoInfer<Name>, number>>,
  names: readonly Name[],
): Record<string, Date | null> => Object.fromEntries(names.map((name) => [name, instant(row[name])]));
