import { CommanderError } from 'commander';
import { EXIT, isFailure } from './failure.ts';
import { outsideError } from './outside.ts';
import { createProgram } from './program.ts';
import { createTerminal, type Terminal, type ProcessContext } from './terminal.ts';

/**
 * Runs one command without changing the process. `argv` are the arguments without the name of the
 * program. Resolves to the exit code. A service (`api`, `worker`, `watcher`) runs until it ends
 * itself.
 */
export const run = async (argv: readonly string[], world: ProcessContext): Promise<number> => {
  const terminal = createTerminal(argv, world);
  try {
    await createProgram(terminal).parseAsync([...argv], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return explain(terminal, error);
  }
};

/**
 * Prints the error and returns the exit code. Only a bug in this program is printed with its stack.
 */
const explain = ({ stderr, t }: Terminal, error: unknown): number => {
  // Commander has already printed the error or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.notDone;
  if (isFailure(error)) {
    stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  const outside = outsideError(error, t);
  if (outside !== undefined) {
    stderr.write(`${outside}\n`);
    return EXIT.notDone;
  }
  stderr.write(`${t('fault')}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.fault;
};
