import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { SHARE_NOTHING } from '../../runtime/temporal-channel.ts';
import { runToEnd, type Service } from '../../sandbox/process.ts';
import { TEMPORAL_NAMESPACE } from '../../sandbox/temporal.ts';
import { serverConfig } from './config.ts';
import type { ServerPrograms } from './build.ts';

/**
 * Fewer garbage collections for more memory: 16 → 11 ms of CPU per case (docs/performance.md).
 */
const GO_SETTINGS = { GOGC: '800', GOMEMLIMIT: '1500MiB' };
/** Protobuf accepts a number, although its types require a Long. */
const RETENTION = { seconds: (24 * 3600) as never };

const TEMPORAL_DATABASES = { main: 'temporal', visibility: 'temporal_visibility' } as const;

/**
 * Temporal's production server: all four services in one process, with separate databases in the
 * Postgres at `adminUrl`.
 */
export const temporalOnPostgres = (options: {
  programs: ServerPrograms;
  adminUrl: string;
  folder: string;
  shards: number;
  /** Eight free ports. */
  ports: readonly number[];
}): Service & { address: string } => {
  const { programs, adminUrl, folder, shards, ports } = options;
  const configFile = join(folder, 'temporal.yaml');
  const dynamicConfigFile = join(folder, 'temporal-dynamic.yaml');
  const address = `127.0.0.1:${ports[0] ?? 0}`;
  return {
    name: 'temporal',
    address,
    prepare: async () => {
      await makeTables(programs.sqlTool, adminUrl, folder);
      const files = serverConfig({ adminUrl, databases: TEMPORAL_DATABASES, ports, shards, dynamicConfigFile });
      writeFileSync(configFile, files.config, { mode: 0o600 });
      writeFileSync(dynamicConfigFile, files.dynamicConfig);
    },
    command: () => ({
      file: programs.server,
      args: ['--root', folder, '--config', '.', '--env', 'temporal', '--allow-no-auth', 'start'],
      env: GO_SETTINGS,
    }),
    ready: () => registerNamespace(address),
    stopSignal: 'SIGTERM',
  };
};

/** Skips existing databases, because a start is repeated when another program takes a port. */
const makeTables = async (sqlTool: string, adminUrl: string, folder: string): Promise<void> => {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [TEMPORAL_DATABASES.main]);
  if (rowCount === 0)
    for (const database of Object.values(TEMPORAL_DATABASES)) await admin.query(`create database ${database}`);
  await admin.end();
  if (rowCount !== 0) return;

  const { hostname, port, username, password } = new URL(adminUrl);
  const env = { SQL_USER: username, SQL_PASSWORD: decodeURIComponent(password), SQL_HOST: hostname, SQL_PORT: port };
  const schemas = [
    [TEMPORAL_DATABASES.main, 'postgresql/v12/temporal'],
    [TEMPORAL_DATABASES.visibility, 'postgresql/v12/visibility'],
  ];
  for (const [database = '', schema = ''] of schemas) {
    for (const command of [
      ['setup-schema', '--version', '0.0'],
      ['update-schema', '--schema-name', schema],
    ]) {
      const args = ['--plugin', 'postgres12', '--database', database, ...command];
      await runToEnd(
        `making Temporal's tables`,
        { file: sqlTool, args, env },
        join(folder, 'logs', 'temporal-sql.log'),
      );
    }
  }
};

/**
 * Registers the namespace and returns whether the server serves it. The server notices a new
 * namespace after some seconds.
 */
const registerNamespace = async (address: string): Promise<boolean> => {
  const connection = Connection.lazy({ address, connectTimeout: '2s', channelArgs: SHARE_NOTHING });
  const { workflowService } = connection;
  try {
    await connection.ensureConnected();
    await workflowService
      .registerNamespace({ namespace: TEMPORAL_NAMESPACE, workflowExecutionRetentionPeriod: RETENTION })
      .catch(() => undefined);
    await workflowService.describeTaskQueue({ namespace: TEMPORAL_NAMESPACE, taskQueue: { name: 'bench' } });
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
};
