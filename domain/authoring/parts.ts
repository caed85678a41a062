import { isMap, isScalar, isSeq, Pair, Scalar, visit, YAMLMap, type Document, type Node } from 'yaml';
import { FILE_FINDINGS, MATTER_FINDINGS, type FindingWords } from '../words/findings.ts';
import { suggest } from './findings.ts';

/**
 * Parts: definitions that several matters share, in `parts/<name>.yaml`. An entry `- use: <name>`
 * in a list stands for the part's entries of that kind; further keys beside `use` replace those of
 * the part's only entry. A part for a group of the form at any place has `$at`, `$path` and `$id` in
 * its texts; `at` beside `use` says which place they stand for (`replacePlace`). A part may use other
 * parts. The loader inserts the parts before it hashes a matter, so that a published version is
 * complete.
 */

/** The lists that can use a part, and the kind of entry that each takes from it. */
export const KIND_OF_LIST: Readonly<Record<string, string>> = {
  form: 'fields',
  fields: 'fields',
  choices: 'choices',
  checks: 'checks',
  materials: 'materials',
  steps: 'steps',
};

/** The kinds of entries that a part can have. */
export const PART_KINDS = [...new Set(Object.values(KIND_OF_LIST))];

/** A file of definitions, with the places of its nodes. */
export interface SourceFile {
  file: string;
  source: string;
  lineAt: (offset: number) => { line: number; column: number };
}

export interface Part {
  name: string;
  from: SourceFile;
  /** Returns a new document at each call, because inserting it changes its nodes. */
  parse: () => Document;
}

/**
 * The files of nodes that are not from the document's own file. The nodes inside such a node are
 * from the same file.
 */
export type Origins = WeakMap<Node, SourceFile>;

/** A mistake in the use of a part, at a node of a file. */
export interface PartMistake {
  node: Node;
  from: SourceFile;
  words: FindingWords;
}

type YamlMap = YAMLMap<Node, Node | null>;
type YamlPair = Pair<Node, Node | null>;

/** Inserts the parts that the document uses, in the document itself. */
export const includeParts = (
  document: Document,
  own: SourceFile,
  parts: readonly Part[],
): { origins: Origins; used: Set<string>; mistakes: PartMistake[] } => {
  const origins: Origins = new WeakMap();
  const used = new Set<string>();
  const mistakes: PartMistake[] = [];

  /** `within`: the parts that are being inserted, the outermost first. */
  const include = (node: Node | null, from: SourceFile, within: readonly string[]): void => {
    if (isSeq<Node>(node)) for (const item of node.items) include(item, from, within);
    if (!isMap<Node, Node | null>(node)) return;
    for (const { key, value } of node.items) {
      const kind = KIND_OF_LIST[textOf(key)];
      include(value, from, within);
      if (kind === undefined || !isSeq<Node>(value)) continue;
      value.items = value.items.flatMap((item) =>
        isMap<Node, Node | null>(item) && valueOf(item, 'use') ? entriesOf(item, kind, from, within) : [item],
      );
    }
  };

  const entriesOf = (use: YamlMap, kind: string, from: SourceFile, within: readonly string[]): Node[] => {
    const node = valueOf(use, 'use') ?? use;
    const reject = (words: FindingWords): Node[] => {
      mistakes.push({ node, from, words });
      return [];
    };
    const name = textOf(node);
    const part = parts.find((one) => one.name === name);
    if (!part) return reject(MATTER_FINDINGS.unknown('part', name, suggest(name, namesOf(parts))));
    if (within.includes(name)) return reject(FILE_FINDINGS.partUsesItself(name));
    used.add(name);
    const at = valueOf(use, 'at');
    const entries = entriesOfPart(part, kind, within, at && textOf(at));
    if (!at && entries.some(hasPlace)) return reject(FILE_FINDINGS.partWithoutPlace(name));
    const [only] = entries;
    if (!only) return reject(FILE_FINDINGS.partWithoutKind(name, kind));
    const changes = use.items.filter((pair) => !['use', 'at'].includes(textOf(pair.key)));
    if (changes.length === 0) return entries;
    if (entries.length === 1 && isMap<Node, Node | null>(only)) return [change(only, changes, from)];
    return reject(FILE_FINDINGS.partOfSeveral(name));
  };

  const entriesOfPart = (
    { name, from, parse }: Part,
    kind: string,
    within: readonly string[],
    at: string | undefined,
  ): Node[] => {
    const root = parse().contents;
    const list = isMap<Node, Node | null>(root) ? root.items.find(({ key }) => textOf(key) === kind) : undefined;
    if (!isSeq<Node>(list?.value)) return [];
    if (at !== undefined) for (const entry of list.value.items) replacePlace(entry, at, kind);
    const holder = new YAMLMap<Node, Node | null>();
    holder.items = [list];
    include(holder, from, [...within, name]);
    for (const entry of list.value.items) if (!origins.has(entry)) origins.set(entry, from);
    return list.value.items;
  };

  const change = (entry: YamlMap, changes: readonly YamlPair[], from: SourceFile): Node => {
    const kept = entry.items.filter(({ key }) => !changes.some((changed) => textOf(changed.key) === textOf(key)));
    for (const { key, value } of changes) for (const node of [key, value]) if (node) origins.set(node, from);
    entry.items = [...kept, ...changes];
    return entry;
  };

  include(document.contents, own, []);
  return { origins, used, mistakes };
};

const PLACE = /\$(?:at|path|id)\b/;

const hasPlace = (entry: Node): boolean => {
  let found = false;
  visit(entry, {
    Scalar: (_, { value }) => {
      found ||= typeof value === 'string' && PLACE.test(value);
    },
  });
  return found;
};

/**
 * Puts a place into an entry of a part: `$path` becomes the path of the group (`mother`, `owners[]`),
 * `$at` the same as conditions say it (`item` in a list), `$id` the beginning of an id. A check of a
 * part is judged for each item of the list.
 */
const replacePlace = (entry: Node, at: string, kind: string): void => {
  const list = at.endsWith('[]') ? at.slice(0, -2) : undefined;
  const id = at
    .replace('[]', '')
    .replaceAll('.', '-')
    .replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  visit(entry, {
    Scalar: (_, node) => {
      if (typeof node.value !== 'string') return;
      node.value = node.value
        .replaceAll('$path', at)
        .replaceAll('$at', list === undefined ? at : 'item')
        .replaceAll('$id', id);
    },
  });
  if (list !== undefined && kind === 'checks' && isMap<Node, Node | null>(entry)) {
    entry.items.push(new Pair<Node, Node | null>(new Scalar('each'), new Scalar(list)));
  }
};

const namesOf = (parts: readonly Part[]): string[] => parts.map(({ name }) => name);

const textOf = (node: Node): string => (isScalar(node) ? String(node.value) : '');

const valueOf = (map: YamlMap, name: string): Node | undefined =>
  map.items.find(({ key }) => textOf(key) === name)?.value ?? undefined;
