import type { Pool } from 'pg';
import { z } from 'zod';
import { findAgency, listAgencies } from '../db/agencies/agencies.ts';
import { PERSON_ROLES, type PersonRecord, type RoleRecord, type RoleScope } from '../db/registry/people.ts';
import type { Cipher } from '../db/sql/sealing.ts';
import { toPrefix } from '../domain/division/divisions.ts';
import { prefixProblem } from '../domain/division/problem.ts';
import { says } from '../domain/words/says.ts';
import { failure, unknownAgency } from './failure.ts';
import { parseInput } from './parse-input.ts';
import type { Terminal } from './terminal.ts';
import { wordOf, type Pen } from './words.ts';

/** The roles of a person as commands take and print them. */

/** A role as it is typed. Without a region: `chooseRole` finds it, or it is everywhere. */
export const TypedRole = z.strictObject({
  role: z.enum(PERSON_ROLES),
  agency: z.string().exactOptional(),
  region: z
    .string()
    .superRefine((digits, context) => {
      const text = digits === '' ? undefined : prefixProblem(digits);
      if (text) context.addIssue({ code: 'custom', message: text.en, params: { says: text } });
    })
    .overwrite(toPrefix)
    .exactOptional(),
});
export type TypedRole = z.infer<typeof TypedRole>;

const NewRole = TypedRole.refine(({ role, agency }) => (role === 'officer') === (agency !== undefined), {
  path: ['agency'],
  ...says('只有经办人需要，且必须填写', 'Required for an officer, and only for an officer'),
});

/** A role to give; throws unless the agency fits the role and is registered. */
export const readNewRole = async (
  terminal: Terminal,
  db: Pool,
  cipher: Cipher,
  typed: TypedRole,
): Promise<RoleScope> => {
  const { region = '', ...rest } = parseInput(terminal, NewRole, typed, terminal.t('people.role'));
  const { agency } = rest;
  if (agency !== undefined && !(await findAgency(db, cipher, agency))) {
    const known = await listAgencies(db, cipher);
    throw unknownAgency(
      terminal,
      agency,
      known.map(({ id }) => id),
    );
  }
  return { ...rest, region };
};

/** The role of a person that is meant; throws unless it is exactly one. */
export const chooseRole = (terminal: Terminal, { account, roles }: PersonRecord, typed: TypedRole): RoleRecord => {
  const { t } = terminal;
  const meant = roles.filter(
    ({ role, agency, region }) =>
      role === typed.role &&
      (typed.agency === undefined || agency === typed.agency) &&
      (typed.region === undefined || region === typed.region),
  );
  const [only] = meant;
  if (only === undefined) {
    throw failure(t('people.roleMissing', { account, roles: drawRoles(terminal, roles) || t('nothing') }));
  }
  if (meant.length > 1) throw failure(t('people.roleUnclear', { account, roles: drawRoles(terminal, meant) }));
  return only;
};

export const unknownPerson = ({ t }: Terminal, account: string): Error => failure(t('people.unknown', { account }));

/** `Officer police 3304`: what the person may do, and where. */
export const drawRole = (pen: Pen, { role, agency, region }: RoleScope): string =>
  [wordOf(pen, 'role', role), agency, region === '' ? pen.t('people.everywhere') : region]
    .filter((part) => part !== undefined)
    .join(' ');

export const drawRoles = (pen: Pen, roles: readonly RoleScope[]): string =>
  roles.map((role) => drawRole(pen, role)).join(', ');
