import { run } from './run.ts';

const { argv, stdout, stderr, env } = process;

// The reader of the output has ended, for example `head`.
stdout.on('error', () => process.exit());

// Exits at once, because running requests of an interrupted command need not finish.
void run(argv.slice(2), { stdout, stderr, env }).then((exitCode) => process.exit(exitCode));
