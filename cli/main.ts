import { run } from './run.ts';

const { argv, stdout, stderr, env } = process;

// Nobody reads on: the output goes through `head`, say.
stdout.on('error', () => process.exit());

// At once: what an interrupted command has left under way is not waited for.
void run(argv.slice(2), { stdout, stderr, env }).then((exitCode) => process.exit(exitCode));
