import type { DefinitionProblem } from '../domain/authoring/findings.ts';
import type { Terminal } from './terminal.ts';

/** Exit codes (docs/cli.md). */
export const EXIT = {
  done: 0,
  /** What was checked is not in order. */
  wrong: 1,
  /** Refused, not possible, wrongly called, or about something unknown. */
  notDone: 2,
  /** The case file has it; it counts when the case is driven again. */
  recorded: 3,
  /** A fault in this program. */
  fault: 70,
} as const;

interface Failure extends Error {
  exitCode: number;
  /** The code of the problem that the API answered with. */
  problem?: string;
}

/** An error that is for the person at the terminal: its message is printed without a stack. */
export const failure = (message: string, exitCode: number = EXIT.notDone, problem?: string): Failure =>
  Object.assign(new Error(message), { exitCode, ...(problem !== undefined && { problem }) });

export const isFailure = (error: unknown): error is Failure =>
  error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';

/** A definition that is refused, with every mistake: where it stands, what it is, how to fix it. */
export const refusal = ({ t }: Terminal, problems: readonly DefinitionProblem[]): Error => {
  const lines = problems.flatMap(({ file, line, column, path, message, rule, fix }) => [
    `${file}:${line}:${column} ${path}: ${message} (${rule})`,
    `    ${fix}`,
  ]);
  const count = problems.length === 1 ? t('lint.oneMistake') : t('lint.mistakes', { count: problems.length });
  return failure([...lines, count].join('\n'), EXIT.wrong);
};
