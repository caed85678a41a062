import type { DefinitionPath, Finding } from './findings.ts';
import { lintFieldPath } from './lint-form.ts';
import type { Field, Matter, Step } from '../matter/schema.ts';
import { MATTER_FINDINGS } from '../words/findings.ts';

/**
 * Checks where a step is decided: `division` names a division of the form, in the item of a repeated
 * step or outside of all lists.
 */
export const lintDivision = (
  matter: Matter,
  { division, forEach }: Pick<Step, 'division' | 'forEach'>,
  step: DefinitionPath,
): Finding[] => {
  if (division === undefined) return [];
  const path = [...step, 'division'];
  const unknown = lintFieldPath(matter.form, division, path);
  if (unknown.length > 0) return unknown;
  if (findField(matter.form, division)?.format !== 'division') {
    return [{ rule: 'not-a-division', path, ...MATTER_FINDINGS.notADivision(division) }];
  }
  const [list, ...deeper] = division.split('[]').slice(0, -1);
  if (list === undefined || (list === forEach && deeper.length === 0)) return [];
  return [{ rule: 'division-of-item', path, ...MATTER_FINDINGS.divisionOfItem(division, list) }];
};

const findField = (fields: readonly Field[], path: string): Field | undefined => {
  const [part = '', ...rest] = path.split('.');
  const field = fields.find(({ id }) => id === part.replace('[]', ''));
  return rest.length === 0 ? field : findField(field?.fields ?? [], rest.join('.'));
};
