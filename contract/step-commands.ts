import { z } from 'zod';
import { DAY_UNITS, PROCEDURES } from '../domain/case/messages.ts';
import { RequestId, Result } from '../agencies/contract.ts';
import { says } from '../domain/words/says.ts';
import { Account, DecisionKind, freeText, MatterCode, MessageId, Reason } from './values.ts';

/** Commands of people about one step. Each needs a reason. */

const command = { messageId: MessageId.optional(), reason: Reason };

export const CommandStep = z.strictObject(command);

/** The same of an agency about its task. */
export const CommandTask = CommandStep.extend({ requestId: RequestId.optional() });

export const ExtendStep = z.strictObject({
  ...command,
  days: z.int().min(1).max(30).meta({ description: 'Working days' }),
});

/** A special procedure and its expected length, as people start it. */
export const procedureFields = {
  procedure: z.enum(PROCEDURES).default('other'),
  expectedDays: z.int().min(1).max(365).meta({ description: 'Expected length; shown to the applicant' }),
  unit: z.enum(DAY_UNITS).default('working-days').meta({
    description: 'Unit of `expectedDays`. A public notice, a tender or a letter inquiry runs in calendar days',
  }),
};

export const SuspendStep = z.strictObject({ ...command, ...procedureFields });

export const SuspendTask = SuspendStep.extend({ requestId: RequestId.optional() });

export const ReassignStep = z
  .strictObject({ ...command, agency: MatterCode.optional(), officer: Account.optional() })
  .refine(
    ({ agency, officer }) => (agency === undefined) !== (officer === undefined),
    says('请填写部门或经办人其中一项', 'Name either an agency or an officer'),
  );
export type ReassignStep = z.infer<typeof ReassignStep>;

/** A document that proves the decision of the agency. */
export const Evidence = z.strictObject({
  reference: z.string().trim().min(1).max(200).meta({ description: 'Number of the letter or id of the document' }),
  note: z.string().trim().min(1).max(500).optional(),
});

/** The letter (复函) with which the office of another division answered ours (函). */
export const Letter = z
  .strictObject({
    number: freeText(100, 'one').meta({ description: 'Number of the letter (文号)' }),
    date: z.iso.date().meta({ description: 'Date of the letter' }),
  })
  .meta({ id: 'Letter' });

export const DecideStep = z
  .strictObject({
    messageId: MessageId.optional(),
    decision: DecisionKind,
    /** The decision is on behalf of an agency, so reason and evidence are required. */
    reason: Reason,
    evidence: z.array(Evidence).min(1).max(20).optional(),
    letter: Letter.optional().meta({
      description: 'Required where no office serves the division that decides the step (NO_OFFICE), and only there',
    }),
    basis: freeText(500, 'many').optional().meta({ description: 'The provision of a refusal' }),
    round: z.int().positive().optional(),
    result: Result.optional().meta({ description: 'With an approval: the result that the step must give' }),
  })
  .refine(({ evidence, letter }) => evidence !== undefined || letter !== undefined, {
    path: ['evidence'],
    // Also when another field is wrong, so that all mistakes are told at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
    ...says('至少 1 项', 'Must have at least 1 item'),
  });

/** A confirmation by papers gives what the register could not give. */
export const ConfirmStep = z.strictObject({
  ...command,
  result: Result.optional().meta({ description: 'The result that the step must give' }),
});

export const SettleUndo = z.strictObject({ ...command, result: z.enum(['undone', 'stands']) });
