import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { TEXTS } from '../../cli/texts/texts.ts';
import { SUBMISSION_WARNINGS } from '../../domain/deadlines/last-day-state.ts';
import { ERRORS } from '../../domain/errors.ts';
import { WAIT_DETAILS, WAITING_CAUSES } from '../../domain/waiting/causes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${ROOT}docs/failures.md`, 'utf8');

/** What the first column of a table of the index names. */
const indexOf = (title: string): string[] => {
  const section = page.split(`### ${title}\n`)[1]?.split('\n#')[0] ?? '';
  return [...section.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  );
};

it.each([
  ['The cause of a stall', WAITING_CAUSES],
  ['The detail of a stall', WAIT_DETAILS],
  ['The code of a refused request', Object.keys(ERRORS)],
  ['The code of a warning', SUBMISSION_WARNINGS],
])('the index “%s” has every code once and no other', (title, codes) => {
  expect(indexOf(title).sort()).toEqual([...codes].sort());
});

/** The sentences of the index that have a part, between its gaps (`…`), which occurs in no text. */
const findUnknown = (title: string, texts: readonly string[]): string[] => {
  const sentences = indexOf(title);
  expect(sentences).not.toEqual([]);
  return sentences.filter((sentence) => {
    const parts = sentence.split('…').map((part) => part.trim());
    return !texts.some((text) => parts.every((part) => text.includes(part)));
  });
};

it('every line of the log in the index occurs in the code', () => {
  const folders = ['activities', 'api', 'db', 'exchange', 'runtime', 'watcher', 'worker'];
  const files = folders.flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' }).map((file) => `${ROOT}${folder}/${file}`),
  );
  const lines = files.filter((file) => file.endsWith('.ts')).flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  expect(findUnknown('A line in the log', lines)).toEqual([]);
});

it('every sentence of the command line in the index occurs in its texts', () => {
  expect(findUnknown('A sentence of the command line', Object.values(TEXTS.en))).toEqual([]);
});
