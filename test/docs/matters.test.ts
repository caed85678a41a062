import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { matterJsonSchema } from '../../domain/authoring/editor-schema.ts';
import { loadMatter } from '../../domain/authoring/load.ts';
import { loadCatalog } from '../../domain/authoring/load-catalog.ts';
import { isGroup } from '../../domain/matter/values.ts';

const page = readFileSync(new URL('../../docs/matters.md', import.meta.url), 'utf8');

const keysOf = (node: unknown): string[] => {
  if (Array.isArray(node)) return node.flatMap(keysOf);
  if (!isGroup(node)) return [];
  const { properties } = node;
  return [...(isGroup(properties) ? Object.keys(properties) : []), ...Object.values(node).flatMap(keysOf)];
};

it('every key of a matter is on the page about matters', () => {
  const words = new Set([...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.match(/\$?\w+/g) ?? []));
  expect([...new Set(keysOf(matterJsonSchema()))].filter((key) => !words.has(key))).toEqual([]);
});

it('the example on the page about matters passes the linter', async () => {
  const catalog = await loadCatalog(fileURLToPath(new URL('../../catalog', import.meta.url)));
  const [, example = ''] = /```yaml\n(code: permit-endorsement\n.*?)```/s.exec(page) ?? [];
  const loaded = loadMatter(example, 'permit-endorsement/matter.yaml', catalog.ok ? catalog.agencies : [], []);
  expect(loaded.ok ? [] : loaded.problems).toEqual([]);
});
