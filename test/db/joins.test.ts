import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const DB = join(import.meta.dirname, '../../db');
const files = readdirSync(DB, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/**
 * The tables that an inner join may name, with the reason why it loses no row. A row of any other
 * table may be missing: an agency that is not registered, a calendar or matter of another release.
 */
const LOSSLESS: Record<string, string> = {
  cases: 'case_id references cases',
  steps: 'a case is accepted with all its steps, and a step is never deleted',
  ledger: 'a case has entry 1 and the entry that ledger_seq names; otherwise the join is a condition',
  dossiers: 'a case is accepted with its first revision',
  inbox: 'the entry or notice names a message that was recorded in the same transaction',
  start_requests: 'a case is accepted with its start request',
  people: 'account references people',
  person_roles: 'role_id references person_roles',
  group_members: 'the join is the condition: members of the same group',
};

/** The tables of the inner joins in a text of SQL. */
const innerJoins = (text: string): string[] =>
  [...text.matchAll(/(?<!\b(?:left|full|cross|right) )\bjoin (?!lateral)([a-z_]+)/g)].map(([, table = '']) => table);

it.each(files)('%s has no inner join that can lose a row', (file) => {
  const tables = innerJoins(readFileSync(join(DB, file), 'utf8'));
  expect(tables.filter((table) => !(table in LOSSLESS))).toEqual([]);
});

it('an inner join on agencies is found, a left join is not', () => {
  expect(innerJoins('from steps join agencies on true left join matters on true')).toEqual(['agencies']);
});
