import type { CaseKey } from '../../db/cases/cases.ts';
import type { Field, Matter } from '../../domain/matter/schema.ts';
import { isGroup, type Form } from '../../domain/matter/values.ts';

const KIND_OF_FORMAT: Partial<Record<NonNullable<Field['format']>, CaseKey['kind']>> = {
  'citizen-id': 'id-no',
  'person-name': 'name',
};

/**
 * The names and ID numbers of a form, on any level. The search for a case uses keyed hashes of
 * these values only.
 */
export const caseKeysOf = (matter: Matter, form: Form): CaseKey[] => keysIn(matter.form, form);

const keysIn = (fields: readonly Field[], group: unknown): CaseKey[] =>
  isGroup(group) ? fields.flatMap((field) => keysOf(field, group[field.id])) : [];

const keysOf = ({ type, format, fields }: Field, value: unknown): CaseKey[] => {
  if (type === 'group') return keysIn(fields ?? [], value);
  if (type === 'list') return Array.isArray(value) ? value.flatMap((item) => keysIn(fields ?? [], item)) : [];
  const kind = format && KIND_OF_FORMAT[format];
  return kind && typeof value === 'string' ? [{ kind, value }] : [];
};
