import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import { suggest, type DefinitionProblem } from './findings.ts';
import { lintComparisons } from './lint-duplicates.ts';
import { loadMatter, matterFile, type LoadedMatter, type ParsedMatter } from './load.ts';
import { PART_KINDS, type Part, type SourceFile } from './parts.ts';
import { Agencies } from '../matter/agencies-schema.ts';
import { FILE_FINDINGS, type FindingWords } from '../words/findings.ts';
import { comparePlaces, parseDefinition, readYaml } from './yaml-file.ts';

const AGENCIES_FILE = 'agencies.yaml';
const PARTS_FOLDER = 'parts';

/** Files beside the folders of the matters. The calendar and the offices have their own loaders. */
const FILES_OF_CATALOG = [AGENCIES_FILE, 'calendar.yaml', 'offices.yaml'];

/**
 * Every `<folder>/matter.yaml` of a catalog; a problem for each definition elsewhere, which would
 * not be read.
 */
const findMatters = async (folder: string): Promise<{ files: string[]; problems: DefinitionProblem[] }> => {
  const entries = await readdir(folder, { recursive: true });
  const files = entries.filter((file) => file === matterFile(dirname(file))).sort();
  const misplaced = entries.filter(
    (file) => file.endsWith('.yaml') && !file.includes('/') && !FILES_OF_CATALOG.includes(file),
  );
  const problems = misplaced.map((file) => ({
    ...{ file, line: 1, column: 1, rule: 'folder-name', path: '' },
    ...FILE_FINDINGS.misplaced(matterFile(file.replace(/\.yaml$/, ''))),
  }));
  return { files, problems };
};

interface LoadedCatalog {
  ok: true;
  agencies: Agencies['agencies'];
  matters: LoadedMatter[];
  /** What someone should look at, although everything can be published. */
  warnings: DefinitionProblem[];
}

/**
 * Reads a catalog: `agencies.yaml`, `parts/*.yaml` and every `<matter>/matter.yaml`, linted; all
 * problems of all files at once.
 */
export const loadCatalog = async (
  folder: string,
): Promise<LoadedCatalog | { ok: false; problems: DefinitionProblem[] }> => {
  const { files, problems: misplaced } = await findMatters(folder);
  const agencies = parseDefinition(Agencies, await readFile(join(folder, AGENCIES_FILE), 'utf8'), AGENCIES_FILE);
  const parts = await loadParts(folder);
  const loaded = await Promise.all(
    files.map(async (file) =>
      loadMatter(await readFile(join(folder, file), 'utf8'), file, agencies.value?.agencies ?? [], parts.parts),
    ),
  );
  const matters = loaded.filter((one) => one.ok);
  const problems = [
    ...agencies.problems,
    ...misplaced,
    ...parts.problems,
    ...loaded.flatMap((one) => (one.ok ? [] : one.problems)),
    ...(parts.problems.length === 0 && matters.length === loaded.length ? findUnusedParts(parts.parts, matters) : []),
  ];
  // Matters can be compared when each is valid.
  if (problems.length === 0) problems.push(...matters.flatMap((one) => lintAcross(one, matters)));
  return problems.length === 0 && agencies.value
    ? {
        ok: true,
        agencies: agencies.value.agencies,
        matters: matters.map(pickPublished),
        warnings: dropRepeated(matters.flatMap(({ warnings }) => warnings)),
      }
    : { ok: false, problems: dropRepeated(problems) };
};

const pickPublished = ({ matter, hash, file }: LoadedMatter): LoadedMatter => ({ matter, hash, file });

/**
 * The parts of a catalog, if any. A part that several matters use wrongly is reported once, in its
 * own file.
 */
const loadParts = async (folder: string): Promise<{ parts: Part[]; problems: DefinitionProblem[] }> => {
  const files = await readdir(join(folder, PARTS_FOLDER)).catch(() => []);
  const names = files.filter((file) => file.endsWith('.yaml')).sort();
  const read = await Promise.all(
    names.map(async (name) => {
      const file = `${PARTS_FOLDER}/${name}`;
      const source = await readFile(join(folder, file), 'utf8');
      const { document, from, unreadable } = readYaml(source, file);
      const problems = [...unreadable, ...checkPartShape(document, from)].sort(comparePlaces);
      const parse = (): Document => readYaml(source, file).document;
      return { part: { name: name.replace(/\.yaml$/, ''), from, parse }, problems };
    }),
  );
  return { parts: read.map(({ part }) => part), problems: read.flatMap(({ problems }) => problems) };
};

/** A part consists of lists by kind. Its entries are checked where a matter uses them. */
const checkPartShape = ({ contents }: Document, { file, lineAt }: SourceFile): DefinitionProblem[] => {
  const problem = (node: Node | null, words: FindingWords): DefinitionProblem => {
    const at = lineAt(node?.range?.[0] ?? 0);
    return { file, ...at, rule: 'part', path: '', ...words };
  };
  if (!isMap<Node, Node | null>(contents)) return [problem(contents, FILE_FINDINGS.emptyPart(PART_KINDS))];
  return contents.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    if (!PART_KINDS.includes(name)) return [problem(key, FILE_FINDINGS.wrongPartKey(name, suggest(name, PART_KINDS)))];
    return isSeq(value) && value.items.length > 0 ? [] : [problem(key, FILE_FINDINGS.notEntries(name, PART_KINDS))];
  });
};

const findUnusedParts = (parts: readonly Part[], matters: readonly ParsedMatter[]): DefinitionProblem[] =>
  parts
    .filter(({ name }) => !matters.some(({ used }) => used.has(name)))
    .map(({ name, from: { file } }) => ({
      ...{ file, line: 1, column: 1, rule: 'part', path: '' },
      ...FILE_FINDINGS.unusedPart(name),
    }));

/** A mistake in a part appears in every matter that uses it. */
const dropRepeated = (problems: readonly DefinitionProblem[]): DefinitionProblem[] => {
  const seen = new Map(
    problems.map((problem) => [
      [problem.file, problem.line, problem.column, problem.rule, problem.message.en].join(),
      problem,
    ]),
  );
  return [...seen.values()];
};

const lintAcross = ({ matter, locate }: ParsedMatter, all: readonly LoadedMatter[]): DefinitionProblem[] =>
  locate(
    lintComparisons(
      matter,
      all.map((other) => other.matter),
    ),
  );
