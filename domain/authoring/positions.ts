import { isMap, isScalar, isSeq, Scalar, type Document, type Node } from 'yaml';
import type { Finding } from './findings.ts';
import type { Origins, SourceFile } from './parts.ts';

export interface Position {
  file: string;
  line: number;
  column: number;
}

/**
 * Returns the file and the place of a finding. The place of a missing key is the node that should
 * have it. A node of a part is in the file of the part.
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

/** The innermost existing node of the path, its key, and their file. */
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
 * The place in the file of a character of a text. Quotes, folding and indentation change only
 * blanks (and escapes of quoted text, which count as one character). Therefore both texts are
 * compared by their other characters.
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
