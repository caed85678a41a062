import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../../domain/case/messages.ts';
import type { Db } from '../sql/pool.ts';

export interface NewExport {
  by: Actor;
  subject: 'cases' | 'stalls' | 'supervision-orders' | 'daily-reports';
  format: 'csv' | 'xlsx';
  filter: Record<string, unknown>;
  persons: 'masked' | 'absent';
}

/**
 * Records the start of an export, before its first row is sent. Returns its number, which is
 * printed in the file.
 */
export const beginExport = async (db: Db, { by, subject, format, filter, persons }: NewExport): Promise<string> => {
  const id = uuidv7();
  await db.query('insert into exports (id, by, subject, format, filter, persons) values ($1, $2, $3, $4, $5, $6)', [
    id,
    JSON.stringify(by),
    subject,
    format,
    JSON.stringify(filter),
    persons,
  ]);
  return id;
};

/** Records that the export is complete, with the number of rows. */
export const finishExport = async (db: Db, id: string, rows: number): Promise<void> => {
  await db.query('update exports set rows = $2, finished_at = now() where id = $1', [id, rows]);
};
