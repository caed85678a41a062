import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { matterJsonSchema } from '../../../domain/authoring/editor-schema.ts';
import { loadCatalog } from '../../../domain/authoring/load-catalog.ts';
import { expectBothLanguages, parseSource, positionOf, SMALL_MATTER } from './small-matter.ts';

const CONSENT = `fields:
  - { id: consent, name: { zh: 同意, en: Consent }, type: boolean, required: true }
checks:
  - { id: consented, field: consent, expr: consent = true, message: { zh: 须同意, en: Consent is needed } }
`;
const NOTICE = `steps:
  - id: notice
    name: { zh: 告知, en: Notice }
    agency: window
    kind: notify
    limit: { promised: { workingMinutes: 30 } }
    discloses: [applicant.name]
    undo: { class: none }
`;
const NOTICE_OF_MATTER = SMALL_MATTER.slice(SMALL_MATTER.indexOf('  - id: notice'));
const ALL_WRITTEN_OUT = SMALL_MATTER.replace(
  'checks:\n',
  `${indent(CONSENT, 'fields')}checks:\n${indent(CONSENT, 'checks')}`,
);
const WITH_PARTS = SMALL_MATTER.replace('checks:\n', '  - use: consent\nchecks:\n  - use: consent\n').replace(
  NOTICE_OF_MATTER,
  '  - use: notice\n    needs:\n      - settled: [entry, parcel]\n',
);

/** The entries of one kind in a part, as a matter contains them. */
function indent(part: string, kind: string): string {
  const [, entries = ''] = new RegExp(`^${kind}:\n((?:  .*\n)+)`, 'm').exec(part) ?? [];
  return entries;
}

describe('parts of a catalog', () => {
  let folder = '';
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const problems = async (): Promise<string[]> => {
    const catalog = await loadCatalog(folder);
    const found = catalog.ok ? [] : catalog.problems;
    found.forEach(expectBothLanguages);
    return found.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message.en}`);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-'));
    const agencies = ['window', 'police', 'post'].map(
      (id) => `  - { id: ${id}, nature: organ, name: { zh: ${id}, en: ${id} } }\n`,
    );
    write('agencies.yaml', `agencies:\n${agencies.join('')}`);
    write('parts/consent.yaml', CONSENT);
    write('parts/notice.yaml', NOTICE);
    write('small-matter/matter.yaml', WITH_PARTS);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('give the same matter and hash as a file that contains everything itself', async () => {
    const catalog = await loadCatalog(folder);
    const { matter, hash } = parseSource(ALL_WRITTEN_OUT);
    expect(catalog).toMatchObject({ ok: true, matters: [{ hash }] });
    expect(catalog.ok && catalog.matters[0]?.matter).toEqual(matter);
  });

  it('may use other parts', async () => {
    write('parts/consent.yaml', CONSENT.replace(/checks:\n.*\n/, 'checks:\n  - use: consented\n'));
    write('parts/consented.yaml', `checks:\n${indent(CONSENT, 'checks')}`);
    expect(await loadCatalog(folder)).toMatchObject({
      ok: true,
      matters: [{ hash: parseSource(ALL_WRITTEN_OUT).hash }],
    });
  });

  it('serve several matters, each with its own keys', async () => {
    const other = WITH_PARTS.replace('small-matter', 'other').replace('settled: [entry, parcel]', 'settled: [entry]');
    write('other/matter.yaml', other);
    const catalog = await loadCatalog(folder);
    const needs = catalog.ok ? catalog.matters.map(({ matter }) => matter.steps.at(-1)?.needs) : [];
    expect(needs).toEqual([[{ settled: ['entry'] }], [{ settled: ['entry', 'parcel'] }]]);
  });

  it.each([
    ['no such part', '  - use: consent\nchecks', '  - use: consnt\nchecks', 'consnt', 'There is no part “consnt”'],
    [
      'no such entries',
      '  - use: notice\n',
      '  - use: consent\n',
      'consent\n    needs',
      'The part “consent” has no steps',
    ],
  ])('report a use with %s at its place', async (_, from, to, at, message) => {
    const source = WITH_PARTS.replace(from, to);
    write('small-matter/matter.yaml', source);
    expect(await problems()).toContain(`small-matter/matter.yaml:${positionOf(source, at)} ${message}`);
  });

  it('report keys beside the use of several entries', async () => {
    write('parts/notice.yaml', `${NOTICE}${indent(NOTICE, 'steps').replace('id: notice', 'id: notice2')}`);
    expect(await problems()).toEqual([
      `small-matter/matter.yaml:${positionOf(WITH_PARTS, 'notice\n')} Keys beside “use” replace those of one entry, and “notice” has several`,
    ]);
  });

  it('for a group of the form stand at any place, and a check of a list is for each item', async () => {
    const PERSON = `fields:
  - { id: nick, name: { zh: 昵称, en: Nickname }, type: text, required: $at.name != null }
checks:
  - { id: $id-nick, field: $path.nick, when: $at.nick != null, expr: $at.nick != $at.name, message: { zh: 核对, en: Look } }
`;
    write('parts/nick.yaml', PERSON);
    const used = WITH_PARTS.replace(
      '      - { id: share,',
      `      - { use: nick, at: 'children[]' }\n      - { id: share,`,
    ).replace('checks:\n', `checks:\n  - { use: nick, at: 'children[]' }\n`);
    write('small-matter/matter.yaml', used);
    const catalog = await loadCatalog(folder);
    if (!catalog.ok) expect.fail(JSON.stringify(catalog.problems));
    const [loaded] = catalog.matters;
    expect(loaded!.matter.checks[0]).toMatchObject({
      id: 'children-nick',
      each: 'children',
      field: 'children[].nick',
      when: 'item.nick != null',
    });
    expect(loaded!.matter.form.find(({ id }) => id === 'children')?.fields).toContainEqual(
      expect.objectContaining({ id: 'nick', required: 'item.name != null' }),
    );

    write('small-matter/matter.yaml', used.replace("{ use: nick, at: 'children[]' }", '{ use: nick }'));
    expect(await problems()).toEqual([expect.stringContaining('“nick” is for a group of the form')]);
  });

  it('report a part that uses itself in its own file', async () => {
    const source = `${CONSENT}  - use: consent\n`;
    write('parts/consent.yaml', source);
    expect(await problems()).toContain('parts/consent.yaml:5:10 The part “consent” uses itself');
  });

  it('report a mistake in a part once, in the part’s file', async () => {
    const wrong = NOTICE.replace('kind: notify', 'kind: notfy');
    write('parts/notice.yaml', wrong);
    write('other/matter.yaml', WITH_PARTS.replace('small-matter', 'other'));
    const [first, ...more] = await problems();
    expect(first).toContain(`parts/notice.yaml:${positionOf(wrong, 'notfy')} `);
    expect(more).toEqual([]);
  });

  it('report a mistake in a replaced key in the matter’s file', async () => {
    const source = WITH_PARTS.replace('settled: [entry, parcel]', 'settled: [entri, parcel]');
    write('small-matter/matter.yaml', source);
    expect(await problems()).toEqual([
      expect.stringContaining(`small-matter/matter.yaml:${positionOf(source, 'entri,')} `),
    ]);
  });

  it('report a part that no matter uses, and lists that a part cannot hold', async () => {
    write('parts/more.yaml', NOTICE);
    expect(await problems()).toEqual(['parts/more.yaml:1:1 No matter uses the part “more”']);
    write('parts/more.yaml', `stps:\n${indent(NOTICE, 'steps')}`);
    expect(await problems()).toEqual(['parts/more.yaml:1:1 A part cannot hold “stps”']);
  });
});

describe('the JSON Schema for editors', () => {
  const validate = new Ajv2020({ strict: false }).compile(matterJsonSchema());
  it('accepts a matter with parts, and one without', () => {
    expect(validate(parse(WITH_PARTS))).toBe(true);
    expect(validate(parse(ALL_WRITTEN_OUT))).toBe(true);
  });

  it('rejects an entry that is neither a use nor complete', () => {
    expect(validate(parse(SMALL_MATTER.replace('kind: review', 'kind: reviw')))).toBe(false);
  });
});

it('every part of the shipped catalog serves at least two files', () => {
  const catalog = join(import.meta.dirname, '../../../catalog');
  const yaml = readdirSync(catalog, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  const sources = yaml.map((file) => readFileSync(join(catalog, file), 'utf8'));
  for (const file of readdirSync(join(catalog, 'parts'))) {
    const use = new RegExp(String.raw`use: ${file.replace('.yaml', '')}\b`);
    expect(sources.filter((source) => use.test(source)).length, file).toBeGreaterThan(1);
  }
});
