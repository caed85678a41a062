import { pino, type Logger } from 'pino';
import { errorCode } from '../db/sql/pool.ts';
import type { ServiceSettings } from './environment.ts';

/** A process of the service, as its `main.ts` describes it. */
export interface Service<Config> {
  name: string;
  readConfig: (env: NodeJS.ProcessEnv) => Config;
  /** `fail` is called when the process cannot continue. */
  start: (config: Config, log: Logger, fail: (error: unknown) => void) => Promise<{ stop: () => Promise<void> }>;
}

/**
 * Runs a process of the service until SIGTERM or SIGINT. When it cannot start because of something
 * outside (a variable, a file, a port) it prints that without a stack; every other failure is
 * logged with its stack. Both end it with exit code 1.
 */
export const runProcess = async <Config extends ServiceSettings>(service: Service<Config>): Promise<void> => {
  const { name, readConfig, start } = service;
  try {
    const config = readConfig(process.env);
    const log = pino({ name, level: config.logLevel });
    const fail = (error: unknown): void => {
      log.fatal({ err: error }, `the ${name} failed`);
      process.exit(1);
    };
    const { stop } = await start(config, log, fail);
    const end = () => void stop().then(() => process.exit(0), fail);
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exit(1);
  }
};

/** Errors from outside have a code: of this program, of Node or of Postgres. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return errorCode(error) === undefined ? (error.stack ?? error.message) : error.message;
};
