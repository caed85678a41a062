import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The folders that the first words of a cell name: `agencies/contract.ts` is of `agencies`. */
const foldersIn = (cell: string): string[] =>
  [...(cell.split(';')[0] ?? '').matchAll(/`(\w+)[^`]*`/g)].map(([, folder = '']) => folder).sort();

it('the table of folders in docs/architecture.md says what the boundaries check allows', () => {
  const rules = [...read('.dependency-cruiser.cjs').matchAll(/^ {4}only\('(\w+)', \[([^\]]*)\]/gm)];
  const allowed = rules.map(([, from = '', may = '']) => [
    from,
    [...may.matchAll(/\w+/g)].map(([name]) => name).sort(),
  ]);
  const rows = [...read('docs/architecture.md').matchAll(/^\| \[(\w+)\]\(\.\.\/\1\) +\|[^|]*\| ([^|]+) \|$/gm)];
  const said = rows.map(([, from = '', may = '']) => [from, foldersIn(may)]);
  expect(Object.fromEntries(said)).toMatchObject(Object.fromEntries(allowed));
});

it.each(['api/config.ts', 'worker/config.ts', 'watcher/config.ts', 'sandbox/settings.ts', 'runtime/environment.ts'])(
  'docs/architecture.md has every variable of %s',
  (config) => {
    const variables = [...read(config).matchAll(/^ +([A-Z]+(?:_[A-Z]+)*): /gm)].map(([, name = '']) => name);
    expect(variables).not.toEqual([]);
    const page = read('docs/architecture.md');
    expect(variables.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  },
);
