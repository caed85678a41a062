import { isMap, isScalar, isSeq, Scalar, type Document, type Node } from 'yaml';
import type { Finding } from './findings.ts';
import type { Origins, SourceFile } from './parts.ts';

export interface Position {
  file: string;
  line: number;
  column: number;
}

/**
 * Says in which file and where a finding is. A missing key is at the node that should hold it. A node that a part brought is in the
 * part's file.
 */
export const positions =
  (document: Document, own: SourceFile, origins: Origins) =>
  ({ path, atKey, offset }: Pick<Finding, 'path' | 'atKey' | 'offset'>): Position => {
    const { node, key, from } = nodeAt(document.contents, path, own, origins);
    const place = (atKey && key) ?? node;
    const { file, source, lineAt } = (place && origins.get(place)) ?? from;
    const start = place?.range?.[0] ?? 0;
    const inside = offset !== undefined && isScalar(place) ? offsetInSource(place, source, offset) : start;
    return { file, ...lineAt(inside) };
  };

interface FoundNode {
  node: Node | null;
  key: Node | undefined;
  from: SourceFile;
}

/** The innermost node of the path that exists, the key that it stands behind, and their file. */
const nodeAt = (root: Node | null, path: Finding['path'], own: SourceFile, origins: Origins): FoundNode => {
  let node = root;
  let key: Node | undefined;
  let from = own;
  for (const part of path) {
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
      if (!pair) break;
      key = pair.key;
      node = pair.value ?? pair.key;
    } else if (isSeq<Node>(node) && typeof part === 'number') {
      const item = node.items[part];
      if (!item) break;
      key = undefined;
      node = item;
    } else break;
    from = origins.get(node) ?? from;
  }
  return { node, key, from };
};

/**
 * The place in the file of a character of a text. Quotes, folding and indentation make the two differ, in blanks only (and in
 * escapes of quoted text, which are taken for one character), so both are walked side by side by what is not blank.
 */
const offsetInSource = (scalar: Scalar, source: string, offset: number): number => {
  const text = String(scalar.value);
  const ahead = text.slice(0, offset).replace(/\s/g, '').length;
  const [start = 0] = scalar.range ?? [];
  const isBlock = scalar.type === Scalar.BLOCK_FOLDED || scalar.type === Scalar.BLOCK_LITERAL;
  const isQuoted = scalar.type === Scalar.QUOTE_DOUBLE || scalar.type === Scalar.QUOTE_SINGLE;
  const atEnd = text.slice(offset).trim() === '';
  let place = isBlock ? source.indexOf('\n', start) + 1 : start + (isQuoted ? 1 : 0);
  for (let passed = 0; place < source.length; place += 1) {
    const isBlank = /\s/.test(source.charAt(place));
    if (passed === ahead && (atEnd || !isBlank)) break;
    if (isQuoted && /^(?:\\.|'')/.test(source.slice(place, place + 2))) place += 1;
    if (!isBlank) passed += 1;
  }
  return place;
};
