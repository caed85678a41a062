import { Readable } from 'node:stream';
import type { Cell } from './sheet.ts';

/** Excel takes a file for UTF-8 only when it begins so. */
const BYTE_ORDER_MARK = '\uFEFF';

/** CSV (RFC 4180) in UTF-8. */
export const csvStream = (lines: AsyncIterable<readonly Cell[]>): Readable => Readable.from(csvText(lines));

async function* csvText(lines: AsyncIterable<readonly Cell[]>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK;
  for await (const line of lines) yield `${line.map(csvCell).join(',')}\r\n`;
}

/**
 * One cell. A text that a spreadsheet would run as a formula (OWASP, CSV injection: `=`, `+`, `-`, `@`, tab, return, also full width) gets
 * an apostrophe before it; numbers are ours and stay numbers.
 */
export const csvCell = (cell: Cell): string => {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^\s*[=+\-@＝＋－＠]|^[\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
