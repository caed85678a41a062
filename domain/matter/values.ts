/** The values of a form as JSON has them. */
export type FormValue = string | number | boolean | null | FormValue[] | { [id: string]: FormValue };

/**
 * A form by field id. The result of `checkForm` has known fields only, normalised, without empty
 * values.
 */
export interface Form {
  [id: string]: FormValue;
}

/** One item of a list of the form; `index` counts from 0, as paths in problems do. */
export interface ListItem {
  list: string;
  index: number;
}

/** The current instant for rules about time: milliseconds since 1970, UTC. */
export interface Clock {
  now: number;
}

export const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether a value that we checked and sealed is a form. Its content was checked at that time
 * (`checkForm`).
 */
export const isForm = (value: unknown): value is Form => isGroup(value);
