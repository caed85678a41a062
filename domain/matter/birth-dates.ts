/** A date of the Gregorian calendar in ISO 8601. */
export const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const instant = Date.parse(`${text}T00:00:00Z`);
  // 30 February parses as 1 March.
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
};

/**
 * The date of birth in a number of 18 places: of an identity card, a household book, a residence
 * permit or a permanent residence card. Undefined for every other text.
 */
export const findBirthDate = (text: string): string | undefined => {
  if (!/^\d{17}[\dX]$/.test(text)) return undefined;
  const birth = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  return isDate(birth) && birth >= '1900-01-01' ? birth : undefined;
};
