import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { WAIT_DETAILS, WAITING_CAUSES } from '../../domain/waiting/causes.ts';

const page = readFileSync(new URL('../../docs/failures.md', import.meta.url), 'utf8');

const indexOf = (title: string): string[] => {
  const section = page.split(`### ${title}\n`)[1]?.split('\n#')[0] ?? '';
  return [...section.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  );
};

it.each([
  ['The cause of a stall', WAITING_CAUSES],
  ['The detail of a stall', WAIT_DETAILS],
] as const)('the index “%s” has every code once and no other', (title, codes) => {
  expect(indexOf(title).sort()).toEqual([...codes].sort());
});
