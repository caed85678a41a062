import { isMap, isScalar, isSeq, Scalar, type Document, type LineCounter, type Node } from 'yaml';
import type { Finding } from './findings.ts';

export interface Position {
  line: number;
  column: number;
}

/**
 * The place of a finding in a YAML file. Something that is missing is placed at what should hold
 * it.
 */
export const positions =
  (document: Document, lines: LineCounter, source: string) =>
  ({ path, atKey, offset }: Pick<Finding, 'path' | 'atKey' | 'offset'>): Position => {
    const { node, key } = nodeAt(document.contents, path);
    const place = (atKey && key) ?? node;
    const start = place?.range?.[0] ?? 0;
    const inside = offset !== undefined && isScalar(place) ? offsetInSource(place, source, offset) : start;
    const { line, col } = lines.linePos(inside);
    return { line, column: col };
  };

/** The innermost existing node of the path, and its key. */
const nodeAt = (root: Node | null, path: Finding['path']): { node: Node | null; key: Node | undefined } => {
  let node = root;
  let key: Node | undefined;
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
  }
  return { node, key };
};

/**
 * The place in the file of a character of a text. Quotes, folding and indentation make file and
 * text differ in blanks only (and in escapes of quoted text, which count as one character), so both
 * are walked in parallel over the characters that are not blank.
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
