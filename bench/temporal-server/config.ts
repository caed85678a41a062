import { stringify } from 'yaml';

/** Fixed number of connections to the main database; the server opens no more under load. */
const CONNECTIONS = 20;
/** Visibility is written once at the start and once at the end of a case, in the background. */
const VISIBILITY_CONNECTIONS = 4;

export interface ServerConfigOptions {
  /** The owner of the databases. */
  adminUrl: string;
  databases: { main: string; visibility: string };
  /** Eight free ports: gRPC and membership of frontend, history, matching and worker. */
  ports: readonly number[];
  /** The number of history shards, which cannot change in the life of a cluster. */
  shards: number;
  dynamicConfigFile: string;
}

/**
 * The two configuration files of the server: the static one (like its development-postgres12.yaml,
 * without metrics) and the dynamic one.
 */
export const serverConfig = (options: ServerConfigOptions): { config: string; dynamicConfig: string } => {
  const { databases, ports, shards, dynamicConfigFile } = options;
  const service = (place: number) => ({
    rpc: { grpcPort: ports[place * 2], membershipPort: ports[place * 2 + 1], bindOnIP: '127.0.0.1' },
  });
  const config = {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: shards,
      datastores: {
        main: datastore(options.adminUrl, databases.main, CONNECTIONS),
        visibility: datastore(options.adminUrl, databases.visibility, VISIBILITY_CONNECTIONS),
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: { frontend: service(0), history: service(1), matching: service(2), worker: service(3) },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${ports[0] ?? 0}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamicConfigFile, pollInterval: '60s' },
  };
  // Eager activities: the worker that decided a change also writes the projection, without a detour
  // through the matching service.
  const dynamicConfig = {
    'limit.maxIDLength': [{ value: 255 }],
    'system.enableActivityEagerExecution': [{ value: true }],
  };
  return { config: stringify(config), dynamicConfig: stringify(dynamicConfig) };
};

const datastore = (adminUrl: string, databaseName: string, maxConns: number) => {
  const { host, username, password } = new URL(adminUrl);
  return {
    sql: {
      // This plugin prepares its statements, unlike postgres12: 9 → 5 ms of Postgres per case.
      pluginName: 'postgres12_pgx',
      databaseName,
      connectAddr: host,
      connectProtocol: 'tcp',
      user: username,
      password: decodeURIComponent(password),
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  };
};
