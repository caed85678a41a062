import { findReadsOf } from '../matter/expression-reads.ts';
import type { DefinitionPath, Finding } from './findings.ts';
import type { Field, Matter } from '../matter/schema.ts';
import { MATTER_FINDINGS } from '../words/findings.ts';

type Format = NonNullable<Field['format']>;

/** Formats that hold a date, some of them a date of birth. */
const DATED: ReadonlySet<Format> = new Set<Format>([
  'date',
  'date-time',
  'citizen-id',
  'residence-permit',
  'permanent-residence-card',
]);

/**
 * Finds dates, numbers with a date of birth and unbounded numbers that no check and no rule reads:
 * a mistake in one of them is not noticed. The matter can be published nevertheless.
 */
export const lintFacts = (matter: Matter): Finding[] => {
  const findReads = findReadsOf(matter);
  const judged = [
    ...matter.checks.flatMap(({ when, expr, each }) => [when, expr].map((text) => ({ text, list: each }))),
    ...matter.steps.flatMap(({ rules = [], forEach }) => rules.map(({ expr }) => ({ text: expr, list: forEach }))),
  ];
  const read = new Set(
    judged.flatMap(({ text, list }) =>
      text === undefined ? [] : findReads(text, list).map((place) => place.replace('[#]', '[]')),
    ),
  );
  return listFacts(matter.form, '', ['form'])
    .filter(({ place }) => !read.has(place))
    .map(({ place, path }) => ({ rule: 'unread-fact', path, ...MATTER_FINDINGS.unreadFact(place) }));
};

const listFacts = (
  fields: readonly Field[],
  prefix: string,
  path: DefinitionPath,
): { place: string; path: DefinitionPath }[] =>
  fields.flatMap((field, index) => {
    const place = prefix + field.id;
    const at = [...path, index];
    const inside = listFacts(field.fields ?? [], `${place}${field.type === 'list' ? '[]' : ''}.`, [...at, 'fields']);
    return isFact(field) ? [{ place, path: [...at, 'id'] }, ...inside] : inside;
  });

const isFact = ({ type, format, formatBy, minimum, maximum }: Field): boolean => {
  if (type === 'integer' || type === 'number') return minimum === undefined || maximum === undefined;
  return [format, ...Object.values(formatBy?.formats ?? {})].some((one) => one !== undefined && DATED.has(one));
};
