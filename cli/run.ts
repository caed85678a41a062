import { CommanderError } from 'commander';
import { EXIT, isFailure } from './failure.ts';
import { outsideError } from './outside.ts';
import { createProgram } from './program.ts';
import { createTerminal, type Terminal, type World } from './terminal.ts';

/**
 * Runs one command, without touching the process: `argv` are its words, without the program's own name. Resolves to the exit code
 * when the command is done; a process that serves (`api`, `worker`, `watcher`) goes on until it ends itself.
 */
export const run = async (argv: readonly string[], world: World): Promise<number> => {
  const terminal = createTerminal(argv, world);
  try {
    await createProgram(terminal).parseAsync([...argv], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return explain(terminal, error);
  }
};

/** Says what went wrong and gives the exit code. Only a fault of this program comes with its stack, since somebody has to find it. */
const explain = ({ stderr, t }: Terminal, error: unknown): number => {
  // Commander has said it already, or has printed the help that was asked for.
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
