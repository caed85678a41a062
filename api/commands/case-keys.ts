import type { CaseKey } from '../../db/cases/cases.ts';
import { formatOf } from '../../domain/form/fields.ts';
import type { FieldFormat } from '../../domain/matter/field-formats.ts';
import type { Field, Matter } from '../../domain/matter/schema.ts';
import { isGroup, type Form } from '../../domain/matter/values.ts';

/** Names, and the number of every document that a person can show. */
const KIND_OF_FORMAT: Partial<Record<FieldFormat, CaseKey['kind']>> = {
  'person-name': 'name',
  'citizen-id': 'id-no',
  passport: 'id-no',
  'military-id': 'id-no',
  'mainland-travel-permit': 'id-no',
  'taiwan-travel-permit': 'id-no',
  'residence-permit': 'id-no',
  'permanent-residence-card': 'id-no',
  'birth-certificate-no': 'id-no',
};

/**
 * The names and the numbers of documents in a form, on any level. The search for a case uses keyed
 * hashes of these values only.
 */
export const caseKeysOf = (matter: Matter, form: Form): CaseKey[] => keysIn(matter.form, form);

const keysIn = (fields: readonly Field[], group: unknown): CaseKey[] =>
  isGroup(group) ? fields.flatMap((field) => keysOf(field, group)) : [];

const keysOf = (field: Field, group: Record<string, unknown>): CaseKey[] => {
  const { id, type, fields = [] } = field;
  const value = group[id];
  if (type === 'group') return keysIn(fields, value);
  if (type === 'list') return Array.isArray(value) ? value.flatMap((item) => keysIn(fields, item)) : [];
  const format = formatOf(field, group);
  const kind = format && KIND_OF_FORMAT[format];
  return kind && typeof value === 'string' ? [{ kind, value }] : [];
};
