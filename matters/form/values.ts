/** A form's values as JSON carries them. */
export type FormValue = string | number | boolean | null | FormValue[] | { [id: string]: FormValue };

/** A form by field id. What `checkForm` returns holds known fields only, normalised, without empty ones. */
export interface Form {
  [id: string]: FormValue;
}

/** One item of a form's list; `index` counts from 0, as paths in problems do. */
export interface ListItem {
  list: string;
  index: number;
}

/** The instant that rules about time are judged by: milliseconds since 1970, UTC. */
export interface Clock {
  now: number;
}

export const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value that we once checked and sealed is a form; what is in it was checked then (`checkForm`). */
export const isForm = (value: unknown): value is Form => isGroup(value);
