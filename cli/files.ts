import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { failure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Everything that a person hands in as a file is read here. */

const Body = z.record(z.string(), z.unknown());

/**
 * The text of a file. A byte order mark, which editors on Windows write, is taken off. Fails when the file cannot be read or is not
 * in UTF-8: of another encoding (GBK, UTF-16) half of the names would arrive as question marks.
 */
export const readText = ({ t }: Terminal, file: string): string => {
  // Reading a folder fails without its name; the other errors of the file system have it (`outsideError`).
  if (statSync(file).isDirectory()) throw failure(t('outside.isFolder', { path: file }));
  const bytes = readFileSync(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw failure(t('file.notUtf8', { file }));
  }
};

/** A secret: without the line's end that editors add. */
export const readSecret = (terminal: Terminal, file: string): string => readText(terminal, file).trim();

/** A JSON file with an object in it. `change` is applied to its text first. */
export const readObject = (
  terminal: Terminal,
  file: string,
  change = (text: string): string => text,
): Record<string, unknown> => {
  const { t } = terminal;
  const content = Body.safeParse(parseJson(terminal, file, change(readText(terminal, file))));
  if (!content.success) throw failure(t('file.noObject', { file }));
  return content.data;
};

const parseJson = ({ t }: Terminal, file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own words name a position, and repeat what is in the file.
    const [, position] = /position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
    if (position === undefined) throw failure(t('file.notJson', { file }));
    const before = text.slice(0, Number(position)).split('\n');
    const column = (before.at(-1) ?? '').length + 1;
    throw failure(t('file.notJsonAt', { file, line: before.length, column }));
  }
};
