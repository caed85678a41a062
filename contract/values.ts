import { z } from 'zod';
import { DECISION_KINDS, type Actor } from '../domain/case/messages.ts';
import { dropEmptyMarks, hasUnreadable, UNREADABLE_TEXT, type Lines } from '../domain/characters.ts';
import { DIVISION_CODE, DIVISION_PREFIX, isDivisionPrefix, toPrefix } from '../domain/division/divisions.ts';
import { DIVISION_UNKNOWN, divisionProblem } from '../domain/division/problem.ts';
import { says } from '../domain/words/says.ts';
import { CALLERS_ID, mayHoldIdNumber } from '../domain/message-ids.ts';

/** Values that all parts of the contract share. Instants are ISO 8601 in UTC. */

export const CaseId = z.uuid().meta({ description: 'The id of a case, UUID version 7' });
/** Lower-case words joined by hyphens: the form of every id in a definition. */
const definitionId = () =>
  z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
export const MatterCode = definitionId();
export const AgencyId = definitionId();
export const StepId = z
  .string()
  .max(120)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[1-9]\d{0,3})?$/);
export const CaseNo = z
  .string()
  .regex(/^\d{20}$/)
  .meta({ description: 'Division (6 digits), date (8), serial number of the day (5), check digit (1)' });
export const Region = z.string().regex(DIVISION_CODE).meta({ description: 'Administrative division, GB/T 2260' });
/** A division that a caller names: a current one of county level. */
export const CurrentDivision = z
  .string()
  .regex(DIVISION_CODE, { abort: true })
  .superRefine((code, context) => {
    const text = divisionProblem(code, 'county');
    if (text) context.addIssue({ code: 'custom', message: text.en, params: { says: text } });
  })
  .meta({ description: 'Administrative division of county level, GB/T 2260; a current one' });
/** Digits that select divisions: of a province, a city or a county. */
export const DivisionPrefix = z
  .string()
  .regex(DIVISION_PREFIX, { abort: true })
  .refine(isDivisionPrefix, says(DIVISION_UNKNOWN.zh, DIVISION_UNKNOWN.en))
  .overwrite(toPrefix)
  .meta({ description: 'Administrative division: 2, 4 or 6 digits of its code, which select all in it' });
/** An id that the caller chooses. */
const callersId = () => z.string().regex(CALLERS_ID);
export const MessageId = callersId().meta({
  description:
    'Chosen by the caller and unique among their own messages; a repeated id has no effect. Generated when absent',
});
export const Instant = z.iso.datetime();
/** The id of a person in logs, in the ledger and in Temporal, so it must not say who they are. */
export const Account = z
  .string()
  .refine(
    (account) => /^[a-z0-9_.-]{1,64}$/.test(account),
    says('应为 1 至 64 个小写字母、数字或 _ . -', 'Must have 1 to 64 lower-case letters, digits, _, . and -'),
  )
  .refine(
    (account) => !mayHoldIdNumber(account),
    says(
      '账号不得包含15位以上的连续数字，可能是身份证号',
      'Must not have 15 or more digits in a row: they could be an ID number',
    ),
  );

/** A path in the form: `mother.mobile`, `children[0].name`. */
export const Place = z
  .string()
  .max(200)
  .regex(/^[a-z][A-Za-z0-9]*(\[\d{1,3}\])?(\.[a-z][A-Za-z0-9]*(\[\d{1,3}\])?)*$/);

/** A text of a person, as it is kept: without marks that mean nothing, and readable. */
export const freeText = (max: number, lines: Lines) =>
  z
    .string()
    .overwrite((text) => dropEmptyMarks(text).trim())
    .min(1)
    .max(max)
    .refine((text) => !hasUnreadable(text, lines), says(UNREADABLE_TEXT[lines].zh, UNREADABLE_TEXT[lines].en));
export const Reason = freeText(2000, 'many');

/**
 * Materials handed in with the form. `source` defaults to that of the matter; `reference` is the
 * number of a certificate or document.
 */
export const Materials = z
  .array(
    z.strictObject({
      id: MatterCode,
      source: z.enum(['upload', 'photo', 'sharing', 'shown']).optional(),
      reference: freeText(200, 'one').optional(),
    }),
  )
  .max(50);
export type Materials = z.infer<typeof Materials>;

export const DecisionKind = z.enum(DECISION_KINDS);

const ROLES = [
  'agency',
  'officer',
  'clerk',
  'supervisor',
  'admin',
  'applicant',
  'system',
] as const satisfies readonly Actor['role'][];
export const ActorView = z.object({ role: z.enum(ROLES), id: z.string() }).meta({ id: 'Actor' });

/** `nextCursor` of the previous page. */
export const Cursor = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_-]+$/);

export const IdempotencyKey = callersId().meta({
  description: 'Chosen by the caller, a new key for each case; the same key and body get the same response',
});
