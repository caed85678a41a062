import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const pages = ['README.md', ...markdownIn('docs')];

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

const broken = (page: string): string[] => {
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
const missing = (page: string): string[] =>
  [...read(page).matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|js|sql|yaml|yml|json|md|sh))`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(ROOT, path)) && !path.startsWith('.one-matter/'));

it.each(pages)('%s links to what is there', (page) => {
  expect(broken(page)).toEqual([]);
});

// A decision names what was there when it was taken.
it.each(pages.filter((page) => !page.startsWith('docs/decisions/')))('%s names files that are there', (page) => {
  expect(missing(page)).toEqual([]);
});
