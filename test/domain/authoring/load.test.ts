import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { matterJsonSchema } from '../../../domain/authoring/editor-schema.ts';
import { parseMatter } from '../../../domain/authoring/load.ts';
import { loadCatalog } from '../../../domain/authoring/load-catalog.ts';
import { isGroup } from '../../../domain/matter/values.ts';
import {
  expectBothLanguages,
  changeSource,
  parseSource,
  positionOf,
  problemsOf,
  SMALL_MATTER,
} from './small-matter.ts';

const problemOf = (source: string) => {
  const result = parseMatter(source, 'small-matter/matter.yaml');
  expect(result).toMatchObject({ ok: false, problems: [{ file: 'small-matter/matter.yaml' }] });
  return result.ok ? expect.fail() : result.problems[0]!;
};

describe('parseMatter', () => {
  it('reads a matter without mistakes', () => {
    expect(parseSource().matter).toMatchObject({ code: 'small-matter', steps: { length: 6 } });
  });

  it('gives files that differ only in layout and comments the same hash, and other files another one', () => {
    const { hash } = parseSource();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(parseSource(`# A comment\n$schema: ./matter.schema.json\n${SMALL_MATTER}`).hash).toBe(hash);
    expect(
      parseSource(changeSource('code: small-matter\nversion: 1\n', 'version: 1\n"code": small-matter\n')).hash,
    ).toBe(hash);
    expect(parseSource(changeSource('version: 1\n', 'version: 2\n')).hash).not.toBe(hash);
    expect(parseSource(changeSource('needs: [intake]', 'needs: []')).hash).not.toBe(hash);
  });

  it.each([
    ['an unknown key', 'kind: review\n', 'kind: review\n    agancy: x\n', 'agancy', 'unknown-key', 'agency'],
    [
      'a key written twice',
      'lead: police\n',
      'lead: police\nlead: window\n',
      'lead: window',
      'duplicate-key',
      'Remove',
    ],
    ['a number where a text belongs', 'lead: police', 'lead: 3', '3\nlimit', 'wrong-value', 'a text'],
    ['a text where a number belongs', 'version: 1', "version: '1'", "'1'", 'wrong-value', 'a number'],
    ['an unknown kind of step', 'kind: review', 'kind: reviw', 'reviw', 'wrong-value', 'review'],
    ['an unknown type of field', 'type: boolean', 'type: bool', 'bool }', 'wrong-value', 'text, integer, number'],
    ['an id in capitals', 'id: intake\n', 'id: Intake\n', 'Intake\n', 'wrong-value', 'lower-case'],
    ['a missing translation', ', en: Small matter', '', '{ zh: 小事 }', 'missing', 'the English text'],
    ['an empty translation', 'en: Small matter', "en: ''", "'' }", 'wrong-value', 'at least 1 character'],
    ['a text cut by a comma', 'en: Small matter', 'en: Small, matter', 'matter }', 'unknown-key', 'in quotes'],
    ['an unknown unit', '{ workingMinutes: 10 }', '{ hours: 1 }', '{ hours', 'wrong-value', 'workingDays'],
    [
      'a limit of nothing',
      '{ workingMinutes: 10 }',
      '{ workingMinutes: 0 }',
      '0 } }\n    discloses: [applicant]',
      'wrong-value',
      'above 0',
    ],
    ['an unknown need', 'someOf: [card, entry]', 'oneOf: [card, entry]', 'oneOf', 'wrong-value', 'anyOf, settled'],
    [
      'an alternative of one',
      'anyOf: [card, check]',
      'anyOf: [card]',
      '[card]\n    limit',
      'wrong-value',
      'at least 2',
    ],
    ['an unknown source', '{ kind: shown }', '{ kind: show }', 'show }', 'wrong-value', 'one of step, sharing'],
    ['an unknown undo class', '{ class: correct }', '{ class: rollback }', 'rollback', 'wrong-value', 'restore'],
    ['a tab', 'version: 1', '\tversion: 1', '\tversion', 'yaml', 'YAML'],
    ['an alias', 'lead: police', 'lead: &a police\nacceptedBy2: *a', '*a', 'yaml', 'Write the content here'],
  ])('reports the place of %s and how to fix it', (_, from, to, at, rule, fix) => {
    const source = changeSource(from, to);
    const problem = problemOf(source);
    expect(problem).toMatchObject({ rule, fix: { en: expect.stringContaining(fix) as string } });
    expectBothLanguages(problem);
    expect(`${problem.line}:${problem.column}`).toBe(positionOf(source, at));
  });

  it.each(['undo', 'limit', 'agency', 'name', 'discloses'])('says which step has no %s', (key) => {
    const entry = SMALL_MATTER.slice(SMALL_MATTER.indexOf('  - id: entry'), SMALL_MATTER.indexOf('  - id: parcel'));
    const without = entry.replace(new RegExp(`    ${key}: .*\n`), '');
    const source = SMALL_MATTER.replace(entry, without);
    expect(problemOf(source)).toMatchObject({
      rule: 'missing',
      path: `steps[3].${key}`,
      message: { zh: `“entry”缺少“${key}”`, en: `“entry” has no “${key}”` },
      fix: { en: expect.stringMatching(new RegExp(`^Add ${key}`)) as string },
    });
    expect(problemsOf(source)[0]).toContain(positionOf(source, 'id: entry\n'));
  });

  it('reports every problem of a file at once, in the order of its lines', () => {
    const source = changeSource('version: 1\n', 'version: x\nfoo: 1\nfoo: 2\n')
      .replace('kind: review', 'kind: x')
      .replace('en: Check', 'eng: Check');
    expect(problemsOf(source)).toEqual([
      '2:10 wrong-value version',
      '3:1 unknown-key foo',
      '4:1 duplicate-key ',
      expect.stringMatching(/^\d+:11 wrong-value steps\[0\]\.kind$/),
      expect.stringMatching(/^\d+:11 missing steps\[1\]\.name\.en$/),
      expect.stringMatching(/^\d+:21 unknown-key steps\[1\]\.name\.eng$/),
    ]);
  });
});

describe('loadCatalog', () => {
  let folder = '';
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-'));
    const agencies = ['window', 'police', 'post'].map(
      (id) => `  - { id: ${id}, nature: organ, name: { zh: ${id}, en: ${id} } }\n`,
    );
    write('agencies.yaml', `agencies:\n${agencies.join('')}`);
    write('small-matter/matter.yaml', SMALL_MATTER);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('reads the agencies and every matter', async () => {
    expect(await loadCatalog(folder)).toMatchObject({
      ok: true,
      agencies: [{ id: 'window' }, { id: 'police' }, { id: 'post' }],
      matters: [{ matter: { code: 'small-matter' }, file: 'small-matter/matter.yaml' }],
    });
  });

  it('refuses the whole catalog because of one wrong file, and reports the problems of all files', async () => {
    write('a/matter.yaml', 'code: a\n');
    write('b/matter.yaml', changeSource('needs: [intake]', 'needs: [intak]'));
    const catalog = await loadCatalog(folder);
    const files = catalog.ok ? [] : catalog.problems.map(({ file, rule }) => `${file} ${rule}`);
    expect(new Set(files)).toEqual(
      new Set(['a/matter.yaml missing', 'b/matter.yaml unknown-step', 'b/matter.yaml folder-name']),
    );
  });

  it('reports a definition that is not in its own folder', async () => {
    write('b.yaml', SMALL_MATTER);
    const catalog = await loadCatalog(folder);
    expect(catalog.ok ? [] : catalog.problems).toMatchObject([
      { file: 'b.yaml', fix: { zh: '请把文件放在 b/matter.yaml。', en: 'Put the file at b/matter.yaml.' } },
    ]);
  });

  it('reports mistakes in the agencies’ file', async () => {
    write('agencies.yaml', 'agencies:\n  - { id: police, nam: x }\n');
    const catalog = await loadCatalog(folder);
    expect(catalog.ok ? [] : catalog.problems.filter(({ file }) => file === 'agencies.yaml')).toMatchObject([
      { line: 2, column: 5, rule: 'missing', path: 'agencies[0].name' },
      { line: 2, column: 5, rule: 'missing', path: 'agencies[0].nature' },
      { line: 2, column: 19, rule: 'unknown-key', fix: { en: 'Did you mean “name”? Otherwise remove it.' } },
    ]);
  });
});

describe('the JSON Schema for editors', () => {
  it('is the one in the catalog', () => {
    const file = join(import.meta.dirname, '../../../catalog/matter.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(matterJsonSchema());
  });

  it('describes every key', () => {
    expect(findUndescribed(matterJsonSchema(), '')).toEqual([]);
  });
});

/** The places of the keys without a description. */
const findUndescribed = (node: unknown, place: string): string[] => {
  if (Array.isArray(node)) return node.flatMap((inner: unknown, at) => findUndescribed(inner, `${place}/${at}`));
  if (!isGroup(node)) return [];
  return Object.entries(node).flatMap(([key, inner]) => {
    const keys = key === 'properties' && isGroup(inner) ? Object.entries(inner) : [];
    const silent = keys.filter(([, described]) => !isGroup(described) || typeof described['description'] !== 'string');
    return [...silent.map(([name]) => `${place}/${key}/${name}`), ...findUndescribed(inner, `${place}/${key}`)];
  });
};
