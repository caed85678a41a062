import { withClient } from '../../sandbox/database.ts';

/** Every column of every table as text, with bytes also read as UTF-8 where they are. */
export const readEveryColumn = (url: string): Promise<string> =>
  withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select quote_ident(relname) as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    const parts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<Record<string, unknown>>(`select * from ${name}`);
      for (const value of rows.flatMap((row) => Object.values(row))) {
        parts.push(Buffer.isBuffer(value) ? value.toString('utf8') : JSON.stringify(value));
      }
    }
    return parts.join('\n');
  });
