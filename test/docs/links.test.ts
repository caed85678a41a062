import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const pages = ['README.md', 'SECURITY.md', 'CHANGELOG.md', ...markdownIn('docs')];

function markdownIn(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** A heading's anchor as code forges make it. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );

const findBroken = (page: string): string[] => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
};

/**
 * Paths of files that the text names in backticks: `db/cases/ledger.ts`, `test/replay/*.ts` not
 * among them.
 */
const findMissing = (page: string): string[] =>
  [...read(page).matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|js|sql|yaml|yml|json|md|sh))`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(ROOT, path)) && !path.startsWith('.one-matter/'));

interface NamedSymbol {
  symbol: string;
  path: string;
}

const SYMBOLS = '`[A-Za-z_]\\w*`(?:(?:, | and |, and )`[A-Za-z_]\\w*`)*';
const CODE_FILE = '`((?:[\\w.-]+\\/)+[\\w.-]+\\.(?:ts|js|sql))`';

/**
 * Symbols that the text says are defined in a file: `fold` in `domain/case/fold.ts`, `fold` (`domain/case/fold.ts`), or a
 * row of a table with the file in one cell and its symbols in the next.
 */
const namedSymbols = (text: string): NamedSymbol[] => {
  const said = [...text.matchAll(new RegExp(`(${SYMBOLS})\\s+(?:in\\s+|\\()${CODE_FILE}`, 'g'))];
  const rows = [...text.matchAll(new RegExp(`\\| ${CODE_FILE} +\\| (${SYMBOLS}) +\\|`, 'g'))];
  return [
    ...said.map(([, symbols = '', path = '']) => ({ symbols, path })),
    ...rows.map(([, path = '', symbols = '']) => ({ symbols, path })),
  ]
    .flatMap(({ symbols, path }) => [...symbols.matchAll(/\w+/g)].map(([symbol]) => ({ symbol, path })))
    .filter(({ symbol }) => symbol !== 'and');
};

/** Whether the text of a file defines a symbol: a declaration of TypeScript or of SQL. */
const defines = (source: string, symbol: string): boolean =>
  new RegExp(
    `\\b(?:const|let|function\\*?|class|interface|type|create (?:or replace )?(?:function|table|trigger))\\s+${symbol}\\b`,
    'i',
  ).test(source);

const findUndefinedSymbols = (page: string): NamedSymbol[] =>
  namedSymbols(read(page)).filter(({ symbol, path }) => existsSync(join(ROOT, path)) && !defines(read(path), symbol));

it.each(pages)('%s links to what is there', (page) => {
  expect(findBroken(page)).toEqual([]);
});

it.each(pages)('%s names files that are there', (page) => {
  expect(findMissing(page)).toEqual([]);
});

it.each(pages)('%s names symbols that their files define', (page) => {
  expect(findUndefinedSymbols(page)).toEqual([]);
});

it('finds the symbols that a text names with their file', () => {
  const text = [
    'See `fold` in `domain/case/fold.ts`, `next` and `begin` (`domain/case/engine.ts`).',
    '| ends when | `domain/case/status.ts` | `isCaseEnd`, `GRANTED` |',
  ].join('\n');
  expect(namedSymbols(text).map(({ symbol }) => symbol)).toEqual(['fold', 'next', 'begin', 'isCaseEnd', 'GRANTED']);
  expect(defines('export const folded = 1;', 'fold')).toBe(false);
  expect(defines('export const fold = 1;', 'fold')).toBe(true);
});

it('lists every rule of docs/rules.md with a symbol, and every decision in the index', () => {
  const rules = read('docs/rules.md')
    .split('\n')
    .filter((line) => /^\| (?!rule |-)/.test(line));
  expect(rules.filter((line) => namedSymbols(line).length === 0)).toEqual([]);
  const index = read('docs/decisions/README.md');
  const decisions = pages.map((page) => page.replace('docs/decisions/', '')).filter((name) => /^\d{4}-/.test(name));
  expect(decisions.filter((name) => !index.includes(`](${name})`))).toEqual([]);
});
