import { createHash } from 'node:crypto';
import type { DefinitionProblem, Finding } from './findings.ts';
import { lintFacts } from './lint-facts.ts';
import { lintMatter } from './lint.ts';
import { includeParts, type Part } from './parts.ts';
import { positions } from './positions.ts';
import type { Agencies } from '../matter/agencies-schema.ts';
import { Matter } from '../matter/schema.ts';
import { checkSchema, readYaml, type ParsedFile } from './yaml-file.ts';
import { isGroup } from '../matter/values.ts';
import { FILE_FINDINGS } from '../words/findings.ts';

export interface LoadedMatter {
  matter: Matter;
  /**
   * SHA-256 of the definition with its parts, hex: the same for files that differ only in layout
   * and comments.
   */
  hash: string;
  file: string;
}

export type ParsedMatter = { ok: true; used: Set<string> } & LoadedMatter & Pick<ParsedFile<Matter>, 'locate'>;

/** A matter without mistakes. `warnings`: it can be published, and someone should look at them. */
export type LintedMatter = ParsedMatter & { warnings: DefinitionProblem[] };

/**
 * Reads the YAML of one matter: syntax, repeated keys, its parts, then the schema. Reports every
 * problem at once. `lintMatter` checks its sections against each other.
 */
export const parseMatter = (
  source: string,
  file: string,
  parts: readonly Part[] = [],
): ParsedMatter | { ok: false; problems: DefinitionProblem[] } => {
  const yaml = readYaml(source, file);
  const { origins, used, mistakes } = includeParts(yaml.document, yaml.from, parts);
  const position = positions(yaml.document, yaml.from, origins);
  const wrongUses = mistakes.map(({ node, from, words }) => ({
    ...{ file: from.file, ...from.lineAt(node.range?.[0] ?? 0) },
    ...{ rule: 'part', path: '', ...words },
  }));
  const { value: matter, problems, locate } = checkSchema(Matter, yaml, position, wrongUses);
  return matter ? { ok: true, matter, hash: hashOf(matter), file, used, locate } : { ok: false, problems };
};

/** Reads and lints one matter against the known agencies. */
export const loadMatter = (
  source: string,
  file: string,
  agencies: Agencies['agencies'],
  parts: readonly Part[] = [],
): LintedMatter | { ok: false; problems: DefinitionProblem[] } => {
  const parsed = parseMatter(source, file, parts);
  if (!parsed.ok) return parsed;
  const findings = [...lintFolderName(parsed.matter, file), ...lintMatter(parsed.matter, agencies)];
  const problems = parsed.locate(findings);
  if (problems.length > 0) return { ok: false, problems };
  return { ...parsed, warnings: parsed.locate(lintFacts(parsed.matter)) };
};

/**
 * The file of a matter in a catalog. Each matter has a folder of its own, named by its code, so no
 * two matters have the same code.
 */
export const matterFile = (code: string): string => `${code}/matter.yaml`;

const lintFolderName = ({ code }: Matter, file: string): Finding[] =>
  file === matterFile(code)
    ? []
    : [
        {
          rule: 'folder-name',
          path: ['code'],
          ...FILE_FINDINGS.folderName(code, matterFile(code)),
        },
      ];

/** SHA-256 of a definition, hex; the order of the keys does not count. */
export const hashOf = ({ $schema: _, ...definition }: { $schema?: string | undefined }): string =>
  createHash('sha256')
    .update(JSON.stringify(sortKeys(definition)))
    .digest('hex');

/** Sorts the keys of every object. */
const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isGroup(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
};
