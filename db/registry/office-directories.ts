import { OfficeDirectory } from '../../domain/office/directory.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { calendarOrdinal } from './calendars.ts';

/**
 * Publishes a version of the directory of offices; a repetition is `unchanged`. Throws
 * `OFFICES_VERSION_TAKEN` if it was published with another content, and `OFFICES_VERSION_OLD` if a
 * newer one is published.
 */
export const publishOffices = async (
  db: Db,
  { directory, hash, by }: { directory: OfficeDirectory; hash: string; by: string },
): Promise<'published' | 'unchanged'> => {
  const { version } = directory;
  const { rowCount } = await db.query(
    `insert into office_directories (version, ordinal, hash, definition, published_by)
    select $1, $2, $3, $4, $5 where not exists (select from office_directories where ordinal > $2)
    on conflict do nothing`,
    [version, calendarOrdinal(version), hash, JSON.stringify(directory), by],
  );
  if (rowCount === 1) return 'published';
  const { rows } = await db.query<{ hash: string }>('select hash from office_directories where version = $1', [
    version,
  ]);
  const [same] = rows;
  if (same?.hash === hash) return 'unchanged';
  throw same
    ? databaseError('OFFICES_VERSION_TAKEN', `offices ${version} are published with another content: raise the version`)
    : databaseError('OFFICES_VERSION_OLD', `newer offices than ${version} are published: raise the version`);
};

/** The newest published directory; undefined: none is published. */
export const findOffices = async (db: Db): Promise<OfficeDirectory | undefined> => {
  const { rows } = await db.query<{ definition: unknown }>(
    'select definition from office_directories order by ordinal desc limit 1',
  );
  const [row] = rows;
  return row && OfficeDirectory.parse(row.definition);
};
