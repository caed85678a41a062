import { Readable } from 'node:stream';
import type { Cell } from './sheet.ts';

/** Excel reads a file as UTF-8 only when it starts with this mark. */
const BYTE_ORDER_MARK = '\uFEFF';

/** CSV (RFC 4180) in UTF-8. */
export const csvStream = (lines: AsyncIterable<readonly Cell[]>): Readable => Readable.from(csvText(lines));

async function* csvText(lines: AsyncIterable<readonly Cell[]>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK;
  for await (const line of lines) yield `${line.map(csvCell).join(',')}\r\n`;
}

/** One cell, in quotes if needed. */
export const csvCell = (cell: Cell): string => {
  const text = cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
