import { z } from 'zod';

const Environment = z.object({
  DATABASE_URL: z.url().optional(),
  DATABASE_URL_FILE: z.string().optional(),
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  ONE_MATTER_KEY_FILE: z.string().min(1),
  /** Where agencies call us back: the address of the API as they see it. */
  PUBLIC_URL: z.url(),
  /** Health and metrics; 0 picks a free port. */
  WORKER_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  WORKER_HOST: z.string().default('127.0.0.1'),
  /** The workflow code, bundled at build time; absent: bundled at start. */
  WORKFLOW_BUNDLE: z.string().optional(),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(20),
});

export interface WorkerConfig extends z.infer<typeof Environment> {
  databaseUrl: string;
}

/** Reads the environment once. Throws with every fault at once; values are not repeated. */
export const readConfig = (env: NodeJS.ProcessEnv, readFile: (path: string) => string): WorkerConfig => {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`the worker's environment is wrong:\n${faults.join('\n')}`);
  }
  const { DATABASE_URL, DATABASE_URL_FILE } = parsed.data;
  const databaseUrl = DATABASE_URL_FILE === undefined ? DATABASE_URL : readFile(DATABASE_URL_FILE).trim();
  if (databaseUrl === undefined) throw new Error('the worker needs DATABASE_URL or DATABASE_URL_FILE');
  return { ...parsed.data, databaseUrl };
};
