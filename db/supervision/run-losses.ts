import type { Actor } from '../../domain/case/messages.ts';
import type { MassLoss } from '../../domain/supervision/lost-runs.ts';
import type { Sealer } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/** A loss of many workflows, or of Temporal's namespace: one incident until it is over. */
export interface RunLoss {
  id: number;
  why: MassLoss;
  openedAt: number;
  /** Absent: nothing resumes by itself. */
  confirmedAt?: number;
  confirmedBy?: Actor;
}

/** The one that is open. */
export const findRunLoss = async (db: Db): Promise<RunLoss | undefined> => {
  const { rows } = await db.query<RunLoss>(
    `select id, why, opened_at as "openedAt", confirmed_at as "confirmedAt", confirmed_by as "confirmedBy"
    from run_losses where closed_at is null`,
  );
  return rows[0] && dropNulls(rows[0]);
};

export const openRunLoss = async (db: Db, why: MassLoss): Promise<void> => {
  await db.query('insert into run_losses (why) values ($1) on conflict ((true)) where closed_at is null do nothing', [
    why,
  ]);
};

/** Until it closes, every lost case continues. False: this one is not open, or confirmed already. */
export const confirmRunLoss = async (
  db: Db,
  cipher: Sealer,
  { id, by, reason }: { id: number; by: Actor; reason: string },
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update run_losses set confirmed_by = $2, confirmed_at = now(), reason = $3
    where id = $1 and closed_at is null and confirmed_at is null`,
    [id, JSON.stringify(by), cipher.seal(reason, `run-loss:${id}`)],
  );
  return rowCount === 1;
};

export const closeRunLoss = async (db: Db, id: number): Promise<void> => {
  await db.query('update run_losses set closed_at = now() where id = $1 and closed_at is null', [id]);
};

/**
 * The id of Temporal's namespace with which this installation works: the given one if none was
 * recorded yet.
 */
export const recordNamespace = async (db: Db, namespaceId: string): Promise<string> => {
  await db.query(
    `insert into installation (name, value) values ('temporal-namespace', $1) on conflict (name) do nothing`,
    [namespaceId],
  );
  const { rows } = await db.query<{ value: string }>(
    `select value from installation where name = 'temporal-namespace'`,
  );
  return rows[0]?.value ?? namespaceId;
};

/** A supervisor confirmed that the cases continue in another namespace. */
export const replaceNamespace = async (db: Db, namespaceId: string): Promise<void> => {
  await db.query(`update installation set value = $1, recorded_at = now() where name = 'temporal-namespace'`, [
    namespaceId,
  ]);
};
