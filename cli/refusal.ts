import type { DefinitionProblem } from '../matters/definition/findings.ts';
import { EXIT, failure } from './failure.ts';

/** A definition that is refused, with every mistake: where it stands, what it is, how to fix it. */
export const refusal = (problems: readonly DefinitionProblem[]): Error => {
  const lines = problems.flatMap(({ file, line, column, path, message, rule, fix }) => [
    `${file}:${line}:${column} ${path}: ${message} (${rule})`,
    `    ${fix}`,
  ]);
  return failure([...lines, `${problems.length} errors`].join('\n'), EXIT.wrong);
};
