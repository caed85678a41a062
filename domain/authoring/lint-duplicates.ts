import { suggest, type DefinitionPath, type Finding } from './findings.ts';
import { lintIds, lintFieldPath } from './lint-form.ts';
import type { Duplicate, Field, Matter } from '../matter/schema.ts';
import { MATTER_FINDINGS } from '../words/findings.ts';

/**
 * Checks that the fields exist and hold one value each, that no value takes fields of two lists,
 * and that ids are unique.
 */
export const lintDuplicates = (matter: Matter): Finding[] => [
  ...lintIds(matter.duplicates, (_, index) => ['duplicates', index, 'id']),
  ...matter.duplicates.flatMap((rule, index) =>
    rule.of.flatMap((fields, place) => {
      const path = ['duplicates', index, 'of', place];
      return [
        ...lintFields(matter, fields, path),
        ...(rule.months === undefined ? [] : lintDate(matter, fields, path)),
      ];
    }),
  ),
];

const lintFields = (matter: Matter, fields: readonly string[], path: DefinitionPath): Finding[] => {
  const findings = fields.flatMap((field, index) => lintFieldPath(matter.form, field, [...path, index]));
  if (findings.length > 0) return findings;
  const lists = new Set(fields.filter((field) => field.includes('[]')).map((field) => field.split('[]')[0]));
  const several = lists.size > 1 || fields.some((field) => field.split('[]').length > 2);
  return [
    ...fields.flatMap((field, index) =>
      VALUES.has(fieldAt(matter.form, field)?.type)
        ? []
        : [
            {
              rule: 'duplicate-field',
              path: [...path, index],
              ...MATTER_FINDINGS.notSingleValue(field),
            },
          ],
    ),
    ...(several
      ? [
          {
            rule: 'duplicate-field',
            path,
            ...MATTER_FINDINGS.severalLists(),
          },
        ]
      : []),
  ];
};

/** With `months`, the last field of an entry is a date. */
const lintDate = (matter: Matter, fields: readonly string[], path: DefinitionPath): Finding[] => {
  const last = fields.at(-1) ?? '';
  const format = fieldAt(matter.form, last)?.format;
  return format === 'date' || format === 'date-time'
    ? []
    : [{ rule: 'duplicate-field', path: [...path, fields.length - 1], ...MATTER_FINDINGS.notADate(last) }];
};

const VALUES: ReadonlySet<Field['type'] | undefined> = new Set(['text', 'choice', 'integer', 'number'] as const);

const fieldAt = (fields: readonly Field[], path: string): Field | undefined => {
  const [id, ...rest] = path.split('.');
  const field = fields.find((candidate) => candidate.id === id?.replace('[]', ''));
  return rest.length === 0 || field === undefined ? field : fieldAt(field.fields ?? [], rest.join('.'));
};

/**
 * Checks several matters together: a matter that is compared with must exist and keep the same key.
 */
export const lintComparisons = (matter: Matter, all: readonly Matter[]): Finding[] =>
  matter.duplicates.flatMap((rule, index) =>
    (rule.against ?? []).flatMap((code, place) =>
      lintComparison(rule, code, all, ['duplicates', index, 'against', place]),
    ),
  );

const lintComparison = (rule: Duplicate, code: string, all: readonly Matter[], path: DefinitionPath): Finding[] => {
  const other = all.find((matter) => matter.code === code);
  if (!other) {
    const fix = suggest(
      code,
      all.map((matter) => matter.code),
    );
    return [{ rule: 'unknown-matter', path, ...MATTER_FINDINGS.unknown('matter', code, fix) }];
  }
  if (other.duplicates.some(({ key }) => key === rule.key)) return [];
  return [
    {
      rule: 'key-unmatched',
      path,
      ...MATTER_FINDINGS.keyUnmatched(code, rule.key),
    },
  ];
};
