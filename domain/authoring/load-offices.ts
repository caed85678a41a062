import { fileURLToPath } from 'node:url';
import { prefixProblem } from '../division/problem.ts';
import { OfficeDirectory } from '../office/directory.ts';
import { OFFICE_FINDINGS } from '../words/findings.ts';
import type { DefinitionProblem, Finding } from './findings.ts';
import { lintIds } from './lint-form.ts';
import { hashOf } from './load.ts';
import { parseDefinition } from './yaml-file.ts';

export interface LoadedOffices {
  directory: OfficeDirectory;
  /** SHA-256 of the definition, hex. */
  hash: string;
}

/** Reads and lints the YAML of a directory of offices; with a mistake it is refused as a whole. */
export const loadOffices = (
  source: string,
  file: string,
): ({ ok: true } & LoadedOffices) | { ok: false; problems: DefinitionProblem[] } => {
  const { value: directory, problems, locate } = parseDefinition(OfficeDirectory, source, file);
  if (!directory) return { ok: false, problems };
  const findings = locate(lintOffices(directory));
  return findings.length === 0 ? { ok: true, directory, hash: hashOf(directory) } : { ok: false, problems: findings };
};

const lintOffices = ({ offices }: OfficeDirectory): Finding[] => [
  ...lintIds(offices, (_, index) => ['offices', index, 'id']),
  ...offices.flatMap(({ id, division, agencies, window, from, until }, index): Finding[] => {
    const path = ['offices', index];
    const unknown = prefixProblem(division);
    return [
      ...(unknown
        ? [{ rule: 'unknown-division', path: [...path, 'division'], ...OFFICE_FINDINGS.division(division, unknown) }]
        : []),
      ...(agencies.length === 0 && !window
        ? [{ rule: 'office-for-nothing', path: [...path, 'id'], ...OFFICE_FINDINGS.forNothing(id) }]
        : []),
      ...(until !== undefined && until < from
        ? [{ rule: 'backwards', path: [...path, 'until'], ...OFFICE_FINDINGS.backwards(from) }]
        : []),
    ];
  }),
];

/** The directory of this release; `npm run cli -- offices publish` publishes another. */
export const SHIPPED_OFFICES = fileURLToPath(new URL('../../catalog/offices.yaml', import.meta.url));
