import pg from 'pg';

export interface Passwords {
  ownerPassword: string;
  servicePassword: string;
}

export interface Database {
  /** The role that migrates and owns the tables. */
  ownerUrl: string;
  /** The role of the service, with only the rights that the migrations grant. */
  serviceUrl: string;
}

const OWNER = 'one_matter_owner';
const SERVICE = 'one_matter_app';
/** The role that the migrations grant rights to; see db/migrations. */
const SERVICE_GROUP = 'one_matter_service';

/**
 * Creates the roles of an installation, or sets their passwords. `adminUrl` connects as a role with
 * the right to do so.
 */
export const createRoles = (adminUrl: string, { ownerPassword, servicePassword }: Passwords): Promise<void> =>
  withClient(adminUrl, async (client) => {
    await createRole(client, SERVICE_GROUP);
    await createRole(client, OWNER);
    await createRole(client, SERVICE);
    await client.query(`alter role ${OWNER} login createrole password ${client.escapeLiteral(ownerPassword)}`);
    await client.query(`alter role ${SERVICE} login password ${client.escapeLiteral(servicePassword)}`);
    await client.query(`grant ${SERVICE_GROUP} to ${SERVICE}`);
  });

/**
 * Creates a database if it does not exist: a copy of `template`, or an empty one. The migrations
 * create its tables.
 */
export const createDatabase = async (options: {
  adminUrl: string;
  name: string;
  passwords: Passwords;
  template?: string;
}): Promise<Database> => {
  const { adminUrl, name, passwords, template = 'template1' } = options;
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return;
    const [database, source] = [name, template].map((word) => client.escapeIdentifier(word));
    await client.query(`create database ${database} template ${source} owner ${OWNER}`);
  });
  return {
    ownerUrl: urlFor(adminUrl, name, OWNER, passwords.ownerPassword),
    serviceUrl: urlFor(adminUrl, name, SERVICE, passwords.servicePassword),
  };
};

/** Runs `work` with a connection of its own. */
export const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** The address of another database and role on the server of `url`. */
const urlFor = (url: string, database: string, user: string, password: string): string => {
  const result = new URL(url);
  result.username = user;
  result.password = encodeURIComponent(password);
  result.pathname = `/${database}`;
  return result.href;
};

const createRole = async (client: pg.Client, name: string): Promise<void> => {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
  if (rowCount === 0) await client.query(`create role ${name}`);
};
