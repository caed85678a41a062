import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { failure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Reads the files that users pass in. */

const Body = z.record(z.string(), z.unknown());

/**
 * The text of a file, without the byte order mark of Windows editors. Fails if the file cannot be
 * read or is not UTF-8, because in another encoding (GBK, UTF-16) names would become unreadable.
 */
export const readText = ({ t }: Terminal, file: string): string => {
  // The error for a folder does not contain its name; other errors of the file system do
  // (`outsideError`).
  if (statSync(file).isDirectory()) throw failure(t('outside.isFolder', { path: file }));
  const bytes = readFileSync(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw failure(t('file.notUtf8', { file }));
  }
};

/** A secret, without the line break that editors add. */
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
    // The message of the parser repeats the content of the file, so only its position is used.
    const [, position] = /position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
    if (position === undefined) throw failure(t('file.notJson', { file }));
    const before = text.slice(0, Number(position)).split('\n');
    const column = (before.at(-1) ?? '').length + 1;
    throw failure(t('file.notJsonAt', { file, line: before.length, column }));
  }
};
