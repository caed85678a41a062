import type { Text } from '../matter/schema.ts';
import { suggestion, type FindingWords } from '../words/findings.ts';

/** The place of a node in a definition, from its root: `['steps', 3, 'when']`. */
export type DefinitionPath = readonly PropertyKey[];

/** A mistake in a definition, before its place in the file is known. */
export interface Finding extends FindingWords {
  rule: string;
  path: DefinitionPath;
  /** The mistake is the key itself, not its value. */
  atKey?: true;
  /** For a mistake inside a text: the number of characters before it. */
  offset?: number;
}

/** A mistake in a definition file. Lines and columns count from 1. */
export interface DefinitionProblem extends FindingWords {
  file: string;
  line: number;
  column: number;
  rule: string;
  /** The place in the definition: `steps[3].when`. */
  path: string;
}

/** `['steps', 3, 'when']` → `steps[3].when`. */
export const pathText = (path: DefinitionPath): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');

/** “Did you mean x?” when one of the known names is near, otherwise all of them. */
export const suggest = (name: string, known: readonly string[]): Text => {
  const nearest = known
    .map((candidate) => ({ candidate, distance: measureDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isNear = nearest && nearest.distance <= Math.min(3, Math.floor(name.length / 2));
  return suggestion(isNear ? nearest.candidate : undefined, known);
};

/** Levenshtein's distance: the fewest characters to insert, delete or replace. */
const measureDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [line, letter] of Array.from(a).entries()) {
    let diagonal = row[0] ?? 0;
    row = row.reduce<number[]>((next, above, column) => {
      const left = next[column - 1];
      next.push(
        left === undefined ? line + 1 : Math.min(left + 1, above + 1, diagonal + (letter === b[column - 1] ? 0 : 1)),
      );
      diagonal = above;
      return next;
    }, []);
  }
  return row.at(-1) ?? 0;
};
