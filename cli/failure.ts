import type { DefinitionProblem } from '../domain/authoring/findings.ts';
import type { Terminal } from './terminal.ts';

/** Exit codes (docs/cli.md). */
export const EXIT = {
  done: 0,
  /** The check found faults. */
  wrong: 1,
  /** Refused, not possible, wrong usage, or an unknown name. */
  notDone: 2,
  /** Recorded, not carried out yet. */
  recorded: 3,
  /** A bug in this program. */
  fault: 70,
} as const;

interface Failure extends Error {
  exitCode: number;
  /** The code of the API's problem. */
  problem?: string;
  /** What the API finds unusual about a form. */
  warnings?: readonly { path: string; rule: string; message: string }[];
}

/** An error for the user: its message is printed without a stack. */
export const failure = (message: string, exitCode: number = EXIT.notDone, problem?: string): Failure =>
  Object.assign(new Error(message), { exitCode, ...(problem !== undefined && { problem }) });

export const isFailure = (error: unknown): error is Failure =>
  error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';

export const unknownAgency = ({ t }: Terminal, name: string, known: readonly string[]): Error =>
  failure(t('unknown.agency', { name, known: known.join(', ') || '–' }));

/** Place, message and fix of each finding about a definition. */
export const drawFindings = (
  { language }: Pick<Terminal, 'language'>,
  findings: readonly DefinitionProblem[],
): string[] =>
  findings.flatMap(({ file, line, column, path, message, rule, fix }) => [
    `${file}:${line}:${column} ${path}: ${message[language]} (${rule})`,
    `    ${fix[language]}`,
  ]);

/** The mistakes of a definition, in the language of the terminal. */
export const refusal = ({ t, language }: Terminal, problems: readonly DefinitionProblem[]): Error => {
  const lines = drawFindings({ language }, problems);
  const count = problems.length === 1 ? t('lint.oneMistake') : t('lint.mistakes', { count: problems.length });
  return failure([...lines, count].join('\n'), EXIT.wrong);
};
