import type { ConfirmationRow } from '../../db/cases/confirmations.ts';
import type { ConfirmationView } from '../../contract/confirmations.ts';
import { iso } from './instants.ts';

/** The confirmed warnings; with `shows` only those at these places. */
export const confirmationsView = (
  rows: readonly ConfirmationRow[],
  shows: (field: string) => boolean = () => true,
): ConfirmationView[] =>
  rows.flatMap(({ by, at, confirmed }) =>
    confirmed
      .filter(({ field }) => shows(field))
      .map(({ rule, field, message, reason }) => ({ rule, field, message, reason, by, at: iso(at) })),
  );
