import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { pathText, type DefinitionProblem, type Finding } from './findings.ts';
import { lintComparisons } from './lint-duplicates.ts';
import { lintMatter } from './lint.ts';
import { positions } from './positions.ts';
import { schemaFindings } from './schema-findings.ts';
import { Agencies, Matter } from './schema.ts';
import { isGroup } from '../form/values.ts';

export interface LoadedMatter {
  matter: Matter;
  /** SHA-256 of the definition, hex: the same for files that differ only in layout and comments. */
  hash: string;
  file: string;
  source: string;
}

/** A definition file as far as it could be read. */
export interface Parsed<T> {
  value?: T;
  problems: DefinitionProblem[];
  /** Puts findings of later checks into the file. */
  locate: (findings: readonly Finding[]) => DefinitionProblem[];
}

/**
 * Reads one matter's YAML: syntax, twice-written keys, then the schema; every problem at once. What the parts say about each
 * other is `lintMatter`'s to judge.
 */
export const parseMatter = (
  source: string,
  file: string,
): ({ ok: true } & LoadedMatter & Pick<Parsed<Matter>, 'locate'>) | { ok: false; problems: DefinitionProblem[] } => {
  const { value: matter, problems, locate } = parseDefinition(Matter, source, file);
  return matter ? { ok: true, matter, hash: hashOf(matter), file, source, locate } : { ok: false, problems };
};

/** Reads and lints one matter against the agencies that are known. */
export const loadMatter = (
  source: string,
  file: string,
  agencies: Agencies['agencies'],
): ({ ok: true } & LoadedMatter) | { ok: false; problems: DefinitionProblem[] } => {
  const parsed = parseMatter(source, file);
  if (!parsed.ok) return parsed;
  const { locate, ...loaded } = parsed;
  const problems = locate([...fileName(parsed.matter, file), ...lintMatter(parsed.matter, agencies)]);
  return problems.length === 0 ? loaded : { ok: false, problems };
};

/** Reads `agencies.yaml` and every other `*.yaml` of a folder, linted; all problems of all files at once. */
export const loadCatalog = async (
  folder: string,
): Promise<
  { ok: true; agencies: Agencies['agencies']; matters: LoadedMatter[] } | { ok: false; problems: DefinitionProblem[] }
> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml') && file !== AGENCIES_FILE).sort();
  const agencies = parseDefinition(Agencies, await readFile(join(folder, AGENCIES_FILE), 'utf8'), AGENCIES_FILE);
  const loaded = await Promise.all(
    files.map(async (file) =>
      loadMatter(await readFile(join(folder, file), 'utf8'), file, agencies.value?.agencies ?? []),
    ),
  );
  const matters = loaded.filter((one) => one.ok);
  const problems = [...agencies.problems, ...loaded.flatMap((one) => (one.ok ? [] : one.problems))];
  // What matters say of each other can be judged when each is sound.
  if (problems.length === 0) problems.push(...matters.flatMap((one) => comparisons(one, matters)));
  return problems.length === 0 && agencies.value
    ? { ok: true, agencies: agencies.value.agencies, matters }
    : { ok: false, problems };
};

const comparisons = ({ matter, source, file }: LoadedMatter, all: readonly LoadedMatter[]): DefinitionProblem[] =>
  parseDefinition(Matter, source, file).locate(
    lintComparisons(
      matter,
      all.map((other) => other.matter),
    ),
  );

/** One matter a file, found by its name; so no two files have one code. */
const fileName = ({ code }: Matter, file: string): Finding[] =>
  file === `${code}.yaml`
    ? []
    : [
        {
          rule: 'file-name',
          path: ['code'],
          message: `The file is not named after “${code}”`,
          fix: `Name it ${code}.yaml.`,
        },
      ];

const AGENCIES_FILE = 'agencies.yaml';

/** Reads YAML by a schema: syntax, keys written twice, then what the schema says; every problem with its place. */
export const parseDefinition = <T>(schema: z.ZodType<T>, source: string, file: string): Parsed<T> => {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const position = positions(document, lines, source);
  const locate = (findings: readonly Finding[]): DefinitionProblem[] =>
    findings
      .map((finding) => ({
        file,
        ...position(finding),
        rule: finding.rule,
        path: pathText(finding.path),
        message: finding.message,
        fix: finding.fix,
      }))
      .sort(byPlace);

  const at = (start: number, rule: string, message: string, fix: string): DefinitionProblem => {
    const { line, col: column } = lines.linePos(start);
    return { file, line, column, rule, path: '', message, fix };
  };
  const repeated = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  // One mistake in YAML makes everything behind it look wrong, so only the first is worth reading.
  const broken = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY').slice(0, 1);
  const unreadable = [
    ...repeated.map(({ pos: [start] }) =>
      at(start, 'duplicate-key', `“${keyAt(source, start)}” is written twice in one place`, REMOVE_ONE),
    ),
    ...broken.map(({ message, pos: [start] }) => at(start, 'yaml', message, QUOTE)),
  ];
  visit(document, {
    Alias: (_, { source: name, range }) => {
      unreadable.push(
        at(range?.[0] ?? 0, 'yaml', `The alias “*${name}” is not supported`, 'Write the content here.'),
      );
    },
  });
  // A key written twice leaves the rest readable; anything else does not.
  if (unreadable.some(({ rule }) => rule === 'yaml')) return { problems: unreadable, locate };

  const input: unknown = document.toJS();
  const result = schema.safeParse(input);
  const problems = [
    ...unreadable,
    ...locate(result.error ? schemaFindings(result.error.issues, input, z.toJSONSchema(schema, { io: 'input' })) : []),
  ].sort(byPlace);
  return { ...(problems.length === 0 && result.success && { value: result.data }), problems, locate };
};

const byPlace = (a: DefinitionProblem, b: DefinitionProblem): number => a.line - b.line || a.column - b.column;

const QUOTE =
  'Correct the YAML here. Put a text in quotes if it has “: ” or “#”, or if it stands in { … } and has a comma or a bracket.';
const REMOVE_ONE = 'Remove one of the two, or correct its name.';

const keyAt = (source: string, start: number): string => /^[^\s:]*/.exec(source.slice(start))?.[0] ?? '';

/** SHA-256 of a definition, hex: the same however its keys are ordered. */
export const hashOf = ({ $schema: _, ...definition }: { $schema?: string | undefined }): string =>
  createHash('sha256')
    .update(JSON.stringify(inOrder(definition)))
    .digest('hex');

/** With every object's keys sorted, so that their order in the file does not count. */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isGroup(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, inOrder(inner)]),
  );
};
