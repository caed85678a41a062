import { z } from 'zod';
import { says } from '../domain/words/says.ts';
import { AgencyId, By, Instant, MatterCode } from './values.ts';

/** Officers who are away, and who stands in for them. */

const Account = z.string().regex(/^[\w.-]{1,64}$/);

export const AbsenceView = z
  .object({
    absenceId: z.uuid(),
    agency: AgencyId,
    officer: Account,
    from: Instant,
    to: Instant,
    coveredBy: z
      .object({ group: MatterCode, officer: Account.optional() })
      .meta({ description: 'This officer of the group, or any of it' }),
    enteredBy: By,
    enteredAt: Instant,
  })
  .meta({ id: 'Absence' });
export type AbsenceView = z.infer<typeof AbsenceView>;
export const AbsenceList = z.object({ absences: z.array(AbsenceView) }).meta({ id: 'AbsenceList' });

export const EnterAbsence = z
  .strictObject({
    officer: Account.optional().meta({ description: "Who is away; absent: the caller. Another's a supervisor enters" }),
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
  members: z.array(Account).max(100).meta({ description: 'All of them; none: the group is no more' }),
});
export const GroupId = MatterCode;
