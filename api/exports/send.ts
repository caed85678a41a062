import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { csvStream } from './csv.ts';
import { linesOf, type Sheet } from './sheet.ts';
import { xlsxStream } from './xlsx.ts';

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
/** Without parameters, as the description of the API names them. */
export const FILE_TYPES = Object.values(TYPES).map((type) => type.replace(/;.*/, ''));

/**
 * Streams a sheet as a file, no faster than the caller reads, with a few hundred rows in memory.
 * Returns the number of rows after the last one was sent. An error in the middle closes the
 * connection, so that an incomplete file never looks complete; so does `ended`.
 */
export const sendSheet = async (
  res: Response,
  sheet: Sheet,
  format: keyof typeof TYPES,
  file: string,
  ended: AbortSignal,
): Promise<number> => {
  res.status(200).set({
    'Content-Type': TYPES[format],
    'Content-Disposition': `attachment; filename="${file}.${format}"`,
  });
  let written = 0;
  const lines = linesOf(sheet, (rows) => {
    written = rows;
  });
  await pipeline(format === 'csv' ? csvStream(lines) : xlsxStream(sheet.name, lines), res, { signal: ended });
  return written;
};
