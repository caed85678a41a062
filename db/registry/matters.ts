import { Matter } from '../../domain/matter/schema.ts';
import { databaseError, type Db } from '../sql/pool.ts';

export interface PublishedMatter {
  matter: Matter;
  /** SHA-256 of the definition, hex. */
  hash: string;
  publishedAt: number;
}

/**
 * Publishes a version of a matter; a repetition is `unchanged`. Throws `MATTER_VERSION_TAKEN` if
 * this version was published with another content, because running cases rely on it.
 */
export const publishMatter = async (
  db: Db,
  { matter, hash, by }: { matter: Matter; hash: string; by: string },
): Promise<'published' | 'unchanged'> => {
  const { code, version } = matter;
  const { rowCount } = await db.query(
    `insert into matters (code, version, hash, definition, published_by) values ($1, $2, $3, $4, $5)
    on conflict (code, version) do nothing`,
    [code, version, hash, JSON.stringify(matter), by],
  );
  if (rowCount === 1) return 'published';
  const { rowCount: same } = await db.query('select from matters where code = $1 and version = $2 and hash = $3', [
    code,
    version,
    hash,
  ]);
  if (same === 1) return 'unchanged';
  throw databaseError(
    'MATTER_VERSION_TAKEN',
    `${code} version ${version} is published with another content: raise the version`,
  );
};

interface MatterColumns {
  definition: unknown;
  hash: string;
  publishedAt: number;
}

const COLUMNS = 'definition, hash, published_at as "publishedAt"';

/** A published version; the newest if no version is given. */
export const findMatter = async (db: Db, code: string, version?: number): Promise<PublishedMatter | undefined> => {
  const { rows } = await db.query<MatterColumns>(
    `select ${COLUMNS} from matters where code = $1 and ($2::integer is null or version = $2) order by version desc limit 1`,
    [code, version ?? null],
  );
  const [row] = rows;
  return row && parse(row);
};

/** The newest version of each matter, by code. */
export const listMatters = async (db: Db): Promise<PublishedMatter[]> => {
  const { rows } = await db.query<MatterColumns>(
    `select distinct on (code) ${COLUMNS} from matters order by code, version desc`,
  );
  return rows.map(parse);
};

/** A definition may be older than the present schema, so it is parsed. */
const parse = ({ definition, hash, publishedAt }: MatterColumns): PublishedMatter => ({
  matter: Matter.parse(definition),
  hash,
  publishedAt,
});
