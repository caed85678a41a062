import type { Text } from '../matter/schema.ts';
import type { FormWarning } from './form.ts';

/** What a person says about a warning: they have looked, and it is so. */
export interface Confirmation {
  /** The rule of the warning: the id of a check, or a format. */
  rule: string;
  /** The place in the form: `mother.idNo`, `children[0].name`. */
  field: string;
  reason: string;
}

/** A warning that was confirmed. */
export interface ConfirmedWarning extends Confirmation {
  message: Text;
}

/** Warnings and the confirmations of them. Confirmations of what is no warning are dropped. */
export const matchConfirmations = (
  warnings: readonly FormWarning[],
  given: readonly Confirmation[],
): { confirmed: ConfirmedWarning[]; unconfirmed: FormWarning[] } => {
  const reasons = new Map(given.map(({ rule, field, reason }) => [`${rule} ${field}`, reason]));
  const matched = warnings.map((warning) => ({ warning, reason: reasons.get(`${warning.rule} ${warning.path}`) }));
  return {
    confirmed: matched.flatMap(({ warning: { rule, path, message }, reason }) =>
      reason === undefined ? [] : [{ rule, field: path, message, reason }],
    ),
    unconfirmed: matched.flatMap(({ warning, reason }) => (reason === undefined ? [warning] : [])),
  };
};

/**
 * The warnings that a change of values at these places can have caused. All others were confirmed
 * before, or only time has passed.
 */
export const warningsAbout = (warnings: readonly FormWarning[], places: readonly string[]): FormWarning[] => {
  const changed = places.flatMap((place) => [place, place.replaceAll(/\[\d+\]/g, '[]')]);
  return warnings.filter(({ reads }) => reads.some((read) => changed.some((place) => overlap(read, place))));
};

/** Whether one place is the other or in it. */
const overlap = (one: string, other: string): boolean => {
  const [wide, narrow] = one.length <= other.length ? [one, other] : [other, one];
  return narrow === wide || narrow.startsWith(`${wide}.`) || narrow.startsWith(`${wide}[`);
};
