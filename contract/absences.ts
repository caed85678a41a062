import { z } from 'zod';
import { says } from '../domain/words/says.ts';
import { Account, AgencyId, ActorView, Instant, MatterCode } from './values.ts';

/** Absences of officers and the cover for them. */

export const AbsenceView = z
  .object({
    absenceId: z.uuid(),
    agency: AgencyId,
    officer: Account,
    from: Instant,
    to: Instant,
    coveredBy: z
      .object({ group: MatterCode, officer: Account.optional() })
      .meta({ description: 'This officer of the group; any member of the group when `officer` is absent' }),
    enteredBy: ActorView,
    enteredAt: Instant,
  })
  .meta({ id: 'Absence' });
export type AbsenceView = z.infer<typeof AbsenceView>;
export const AbsenceList = z.object({ absences: z.array(AbsenceView) }).meta({ id: 'AbsenceList' });

export const EnterAbsence = z
  .strictObject({
    officer: Account.optional().meta({
      description: 'The absent officer; the caller by default. A supervisor may name another officer',
    }),
    from: Instant,
    to: Instant,
    coveredBy: z.strictObject({ group: MatterCode, officer: Account.optional() }),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    ...says('结束时间应晚于开始时间', 'Must be later than `from`'),
  });

export const GroupView = z.object({ group: MatterCode, members: z.array(Account) }).meta({ id: 'Group' });
export type GroupView = z.infer<typeof GroupView>;
export const GroupList = z.object({ groups: z.array(GroupView) }).meta({ id: 'GroupList' });
export const SetGroup = z.strictObject({
  members: z
    .array(Account)
    .max(100)
    .meta({ description: 'The complete list of members; an empty list deletes the group' }),
});
export const GroupId = MatterCode;
