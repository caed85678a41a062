import { z } from 'zod';

const Environment = z.object({
  DATABASE_URL: z.url().optional(),
  DATABASE_URL_FILE: z.string().optional(),
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  /** Health and metrics; 0 picks a free port. */
  WATCHER_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  WATCHER_HOST: z.string().default('127.0.0.1'),
});

export interface WatcherConfig extends z.infer<typeof Environment> {
  databaseUrl: string;
}

/** Reads the environment once. Throws with every fault at once; values are not repeated. */
export const readConfig = (env: NodeJS.ProcessEnv, readFile: (path: string) => string): WatcherConfig => {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`the watcher's environment is wrong:\n${faults.join('\n')}`);
  }
  const { DATABASE_URL, DATABASE_URL_FILE } = parsed.data;
  const databaseUrl = DATABASE_URL_FILE === undefined ? DATABASE_URL : readFile(DATABASE_URL_FILE).trim();
  if (databaseUrl === undefined) throw new Error('the watcher needs DATABASE_URL or DATABASE_URL_FILE');
  return { ...parsed.data, databaseUrl };
};
