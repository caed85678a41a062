/** Exit codes: what was checked is not in order, or the command could not be carried out. */
export const EXIT = { wrong: 1, notDone: 2 } as const;

/** An error that is for the person at the terminal: its message is printed without a stack. */
export const failure = (message: string, exitCode: number = EXIT.notDone): Error & { exitCode: number } =>
  Object.assign(new Error(message), { exitCode });

/** The exit code of such an error; undefined for any other, which is a fault of ours. */
export const exitCodeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : undefined;
