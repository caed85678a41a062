import { z } from 'zod';
import { FIELD_FORMATS } from './field-formats.ts';
import { SILENCE_RULES, STEP_KINDS, UNDO_CLASSES } from '../case/plan.ts';

/**
 * A matter as people write it: one YAML file under catalog/. A schema and its type share a name.
 * Unknown keys are errors. Editors show the descriptions; docs/matters.md explains the same keys.
 */

export const Id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens');
const FieldId = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'camelCase');

/** A field by its place in the form: `mother.idNo`, `children[].name`, `delivery.address`. */
const FieldPath = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\[\])?(\.[a-z][A-Za-z0-9]*(\[\])?)*$/, 'a path such as mother.idNo or children[].name');

/** A field of the form, or of the result of another step: `result:<step>.<field>`. */
const DisclosedPath = z
  .string()
  .regex(
    /^(?:[a-z][A-Za-z0-9]*(\[\])?(\.[a-z][A-Za-z0-9]*(\[\])?)*|result:[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][A-Za-z0-9]*)$/,
    'a path such as mother.idNo, children[].name or result:<step>.<field>',
  );

export const Text = z.strictObject({
  zh: z.string().min(1).describe('The text in Chinese.'),
  en: z.string().min(1).describe('The text in English.'),
});
export type Text = z.infer<typeof Text>;

/**
 * A FEEL expression over the form's fields and the `derived` names. Inside a repeated step, the
 * fields of a list and a check with `each` it also knows `item` (the item of the list) and `index`
 * (its number, from 1). `now` (a date and time) and `today` (a date) are the instant of judging, in
 * China Standard Time. Dates in the form are texts: `date(item.birthDate) <= today`. A field that is
 * not filled in is null, also inside a group; a list is empty; an optional yes-no is false.
 */
const Expression = z.string().min(1).max(500);

const workingDays = z.int().positive().max(250).describe('The limit in working days.');
const calendarDays = z.int().positive().max(730).describe('The limit in calendar days.');
const months = z.int().positive().max(24).describe('The limit in months.');

export const Limit = z
  .union(
    [
      z.strictObject({ workingDays }),
      z.strictObject({
        workingMinutes: z.int().positive().max(10_000).describe('The limit in minutes of window hours.'),
      }),
      z.strictObject({ calendarDays }),
      z.strictObject({ months }),
      z.strictObject({ seconds: z.int().positive().max(86_400).describe('The limit in seconds.') }),
    ],
    'one of workingDays, workingMinutes, calendarDays, months and seconds, with a whole number',
  )
  .describe('A time limit in exactly one unit.');
export type Limit = z.infer<typeof Limit>;

const Choice = z.strictObject({
  value: z.string().min(1).describe('The value that the form holds when this choice is taken.'),
  name: Text.describe('What people read.'),
});

export type Field = z.infer<typeof BaseField> & { fields?: Field[] | undefined };
const BaseField = z.strictObject({
  id: FieldId.describe('The name of the field in the form and in conditions, in camelCase.'),
  name: Text.describe('The label of the field.'),
  required: z
    .union([z.literal(true), Expression], 'true or a FEEL expression; leave it out where never')
    .optional()
    .describe('`true`: always required. A condition: required when it holds. Absent: never required.'),
  personal: z
    .boolean()
    .default(false)
    .describe('Personal data: sent only where a step discloses it, never shown unmasked in a list.'),
  help: Text.optional().describe('A hint beside the field.'),
  type: z
    .enum(['text', 'integer', 'number', 'boolean', 'choice', 'group', 'list'])
    .describe('What the field holds. `group`: fields that belong together. `list`: the same fields several times.'),
  format: z.enum(FIELD_FORMATS).optional().describe('For a text: a named check, such as citizen-id or date.'),
  formatBy: z
    .strictObject({
      field: FieldId.describe('A choice in the same group.'),
      formats: z.record(z.string(), z.enum(FIELD_FORMATS)).describe('The format for each value of the choice.'),
    })
    .optional()
    .describe('For a text: the named check follows a choice beside it, such as the kind of document.'),
  minLength: z.int().nonnegative().optional().describe('For a text: the fewest characters.'),
  maxLength: z.int().positive().optional().describe('For a text: the most characters.'),
  minimum: z.number().optional().describe('For a number: the smallest value.'),
  maximum: z.number().optional().describe('For a number: the largest value.'),
  decimals: z.int().nonnegative().optional().describe('For a number: the most digits after the decimal point.'),
  minItems: z.int().nonnegative().optional().describe('For a list: the fewest items.'),
  maxItems: z.int().positive().optional().describe('For a list: the most items.'),
  choices: z.array(Choice).optional().describe('For a choice: the values to choose from.'),
});
export const Field: z.ZodType<Field> = BaseField.extend({
  get fields() {
    return z.array(Field).optional().describe('For a group or a list: the fields inside.');
  },
});

/** A field of the result of a step: a single value, because results are flat. */
export const ResultField = BaseField.omit({ minItems: true, maxItems: true }).extend({
  id: FieldId.describe('The name of the field in the answer of the agency, in camelCase.'),
  type: z.enum(['text', 'integer', 'number', 'boolean', 'choice']).describe('What the field holds.'),
  required: z.literal(true).optional().describe('`true`: an approval without it goes to a person.'),
  personal: z
    .boolean()
    .default(false)
    .describe('Personal data: sent only where a step discloses it, masked wherever a case is shown.'),
});
export type ResultField = z.infer<typeof ResultField>;

const CHECK_LEVELS = ['error', 'warning'] as const;

export const Check = z.strictObject({
  id: Id.describe('The name of the check; a problem of the form names it as its `rule`.'),
  field: FieldPath.describe('The field that gets the message.'),
  level: z
    .enum(CHECK_LEVELS)
    .default('error')
    .describe(
      '`error`: impossible or mistyped, the form is refused. `warning`: unusual or not allowed, a person confirms it.',
    ),
  each: FieldId.optional().describe('A list of the form: the check is judged for each of its items.'),
  when: Expression.optional().describe('The check is judged only when this condition holds.'),
  expr: Expression.describe('The condition that must be true.'),
  message: Text.describe('What people read when the condition is not true.'),
});
export type Check = z.infer<typeof Check>;

const kind = <const K extends string>(name: K, means: string) => z.literal(name).describe(means);

const Material = z.strictObject({
  id: Id.describe('The name of the material; steps refer to it.'),
  name: Text.describe('The official name of the material.'),
  source: z
    .discriminatedUnion(
      'kind',
      [
        z.strictObject({
          kind: kind('step', '免交: made by a step of this case.'),
          step: Id.describe('The step that makes it.'),
        }),
        z.strictObject({
          kind: kind('sharing', '免交: fetched by data sharing.'),
          agency: Id.describe('The agency that it is fetched from.'),
        }),
        z.strictObject({ kind: kind('photo', '一照通用: a photo that is used again.') }),
        z.strictObject({ kind: kind('upload', 'The applicant hands it in.') }),
        z.strictObject({ kind: kind('form', 'It is made from the form.') }),
        z.strictObject({ kind: kind('shown', 'It is shown at the window and never copied.') }),
      ],
      'a kind, which is one of step, sharing, photo, upload, form and shown',
    )
    .describe('Where the material comes from.'),
  when: Expression.optional().describe('The material is needed only when this condition holds.'),
  mayFollow: z.boolean().default(false).describe('容缺: it may be handed in later against a pledge.'),
});

export const Need = z.union(
  [
    Id,
    z.strictObject({ anyOf: z.array(Id).min(2).describe('Alternatives: one of these steps must be done.') }),
    z.strictObject({ settled: z.array(Id).min(1).describe('All these steps must have ended, with any outcome.') }),
    z.strictObject({
      someOf: z.array(Id).min(1).describe('All these steps must have ended and at least one must be done.'),
    }),
  ],
  'a step id, or one of anyOf, settled and someOf with a list of step ids',
);
export type Need = z.infer<typeof Need>;

const promised = Limit.describe('The promised limit (承诺时限).');
const statutory = Limit.optional().describe('The limit that the law sets (法定时限).');
const example = z
  .boolean()
  .default(false)
  .describe('示例时限: no authority has confirmed the limit, and screens say so.');

const StepLimit = z.strictObject({
  promised,
  statutory,
  example,
  outside: z
    .boolean()
    .default(false)
    .describe('The step is not part of the promise of the whole case (certificate-making, posting, payment).'),
  extension: z
    .int()
    .positive()
    .max(30)
    .optional()
    .describe('The working days by which the head of the agency may extend the limit, once (行政许可法 art. 42).'),
  source: z.string().optional().describe('The document that the limit is from.'),
});

const Undo = z.strictObject({
  class: z.enum(UNDO_CLASSES).describe('How the result is taken back. `none`: it stands.'),
  standsAfter: z
    .array(Id)
    .min(1)
    .optional()
    .describe('When one of these steps is done, the result is no longer taken back. A step may name itself.'),
  whenFails: z
    .array(Id)
    .min(1)
    .optional()
    .describe('The result serves only these steps: it is taken back when one of them is refused, blocked or stopped.'),
});

const Refusal = z.strictObject({
  code: Id.describe('The code of the ground; an agency may name it as `ground` of its decision.'),
  name: Text.describe('The ground in words.'),
  basis: z.string().optional().describe('The provision that the ground rests on.'),
});

const Rule = z.strictObject({
  id: Id.describe('The name of the rule.'),
  name: Text.describe('The rule in words.'),
  source: z.string().describe('The document that the rule is from.'),
  expr: Expression.describe('The condition that must be true.'),
});

export const Step = z.strictObject({
  id: Id.describe('The name of the step. Keep it from version to version while the step is the same.'),
  name: Text.describe('The name that people read.'),
  agency: Id.describe('The agency that does the step, from agencies.yaml.'),
  division: FieldPath.optional().describe(
    'The division whose office of the agency decides the step. Absent, or not filled in: the division of the window.',
  ),
  kind: z.enum(STEP_KINDS).describe('What the agency is asked to do.'),
  forEach: FieldId.optional().describe('A list of the form: the step is repeated for each of its items.'),
  when: Expression.optional().describe('The step is part of the case only when this condition holds.'),
  whenText: Text.optional().describe('The condition of `when` in words.'),
  needs: z.array(Need).default([]).describe('What the step waits for. All entries must be met.'),
  limit: StepLimit.describe('The time limit of the step.'),
  latestSend: Limit.optional().describe(
    'For a joint parcel: the longest wait for the other papers after the first is ready. Then it goes in two parts.',
  ),
  discloses: z
    .array(DisclosedPath)
    .describe(
      'The fields that the agency is sent; a group or a list stands for all its fields. `result:<step>.<field>` is a field of the result of an earlier step. Nothing else leaves.',
    ),
  materials: z.array(Id).default([]).describe('The materials that the step needs.'),
  output: z
    .strictObject({
      id: Id.describe('The name of the output.'),
      name: Text.describe('Its official name.'),
      fields: z
        .array(ResultField)
        .min(1)
        .max(50)
        .optional()
        .describe('The result in data: what the agency gives with its approval, such as the number of a certificate.'),
    })
    .optional()
    .describe('What the step makes: a certificate, an entry, a decision.'),
  undo: Undo.describe('How the step is taken back.'),
  refusals: z
    .array(Refusal)
    .default([])
    .describe(
      'The usual grounds on which the agency refuses, finds no record or asks for a supplement. A refusal for one needs its `basis`.',
    ),
  rules: z
    .array(Rule)
    .optional()
    .describe('智能秒办: all must hold for approval by machine; otherwise an officer decides, never a machine.'),
});
export type Step = z.infer<typeof Step>;

const caseLimit = z.strictObject({ promised, statutory, example });

/**
 * One government service item (事项) of the bundle: what an agency offers alone behind the one number.
 * Its limit runs from the first sending of one of its steps until all have ended; steps outside the
 * promise only delay the others.
 */
const Item = z.strictObject({
  id: Id.describe('The name of the item.'),
  name: Text.describe('The official name of the item.'),
  lead: Id.describe('The agency that answers for the item.'),
  steps: z.array(Id).min(1).describe('The steps of the item. A step is in one item at most.'),
  limit: caseLimit.describe('The limit of the item, from the sending of its first step to the end of its last.'),
});
export type Item = z.infer<typeof Item>;

const ESCALATION_LEVELS = ['nothing', 'urge', 'order'] as const;
export type EscalationLevel = (typeof ESCALATION_LEVELS)[number];

const Supplements = z.strictObject({
  gatherMinutes: z
    .int()
    .nonnegative()
    .max(1440)
    .describe('What several agencies ask for within these minutes becomes one notice.'),
  answerWithin: Limit.describe('The time that the applicant has to answer.'),
  remindAfter: Limit.describe('The time after which the applicant is reminded.'),
  onSilence: z
    .enum(SILENCE_RULES)
    .describe('No answer in time. `return-case`: the case goes back (退件). `stop-step`: only the asking steps end.'),
});

const Supervision = z.strictObject({
  yellow: z
    .enum(ESCALATION_LEVELS)
    .describe('What the system does when a step turns yellow: `urge` (催办) or `order` (督办).'),
  red: z.enum(ESCALATION_LEVELS).describe('What the system does when a step turns red.'),
  unanswered: z
    .enum(['nothing', 'circulate'])
    .describe('What the system does about an order that is not answered in time: `circulate` (通报).'),
});

export const Duplicate = z.strictObject({
  id: Id.describe('The name of the rule.'),
  message: Text.describe('The text for the window, which also gets the number of the other case.'),
  key: Id.describe('What the values stand for: person, property, child. Compared matters use the same word.'),
  of: z
    .array(z.array(FieldPath).min(1).max(5))
    .min(1)
    .max(10)
    .describe('Each entry names the fields that form one value together; within a list, one value for each item.'),
  months: z
    .int()
    .positive()
    .max(24)
    .optional()
    .describe('The last field of each entry is a date: cases match when the dates are at most so many months apart.'),
  against: z
    .array(Id)
    .min(1)
    .optional()
    .describe('The matters that the other case may be of. Absent: this matter only.'),
  other: z
    .enum(['open', 'granted'])
    .describe('The other cases that count. `open`: not ended. `granted`: also those that ended with a grant.'),
});
export type Duplicate = z.infer<typeof Duplicate>;

const Before = z.strictObject({
  value: z.number().nonnegative().describe('The figure.'),
  source: z.string().min(1).describe('The document that the figure is from.'),
  example: z.boolean().default(false).describe('No authority has confirmed the figure.'),
});

const withinWhen = Expression.optional().describe('The entry counts only when this condition holds.');
const Within = z.union(
  [
    z.strictObject({ when: withinWhen, workingDays }),
    z.strictObject({ when: withinWhen, calendarDays }),
    z.strictObject({ when: withinWhen, months }),
  ],
  'one of workingDays, calendarDays and months, with a whole number',
);

const ApplicantLimit = z.strictObject({
  id: Id.describe('The name of the limit.'),
  name: Text.describe('What the applicant has to do in time, such as declaring the birth.'),
  step: Id.optional().describe('The step that the limit belongs to. Absent: the case.'),
  each: FieldId.optional().describe(
    'A list of the form: each of its items has a last day. A repeated step has one for each item without it.',
  ),
  metBy: z
    .enum(['application', 'step'])
    .default('application')
    .describe('What has to happen in time. `application`: the case is submitted. `step`: its step is done (payment).'),
  from: Expression.describe('The date from which the limit runs; that day does not count. Null: it does not bind.'),
  within: z
    .array(Within)
    .min(1)
    .max(10)
    .describe('The length. The first entry whose condition holds counts; none: the limit does not bind.'),
  afterwards: Text.describe('What holds after the last day, for the applicant.'),
  example,
  source: z.string().min(1).describe('The document that the limit is from.'),
});
export type ApplicantLimit = z.infer<typeof ApplicantLimit>;

const Derived = z.strictObject({
  id: FieldId.describe('The name that conditions use, in camelCase.'),
  expr: Expression.describe('The expression that the name stands for. It may use the names before it.'),
});

export const Matter = z.strictObject({
  $schema: z.string().optional().describe('The JSON Schema for editors; it has no meaning for the matter.'),
  code: Id.describe('The permanent name of the matter, also the type of its workflows.'),
  version: z.int().positive().describe('Raise it for every change that is published.'),
  name: Text.describe('The official name of the matter.'),
  summary: Text.describe('What the matter is about, in a sentence.'),
  lead: Id.describe('The agency in charge (牵头部门), from agencies.yaml.'),
  basis: z.array(z.string()).default([]).describe('The laws and rules that the matter rests on.'),
  limit: caseLimit.describe('The promise for the whole case.'),
  acceptedBy: Id.optional().describe(
    'The intake step whose approval accepts the case (受理). Absent: the case is accepted when it starts.',
  ),
  partialCompletion: z
    .boolean()
    .describe('`true`: refused steps leave the case partially completed. `false`: the case ends refused.'),
  form: z.array(Field).min(1).describe('The fields of the form, in the order in which people fill them in.'),
  checks: z.array(Check).default([]).describe('Rules over several fields.'),
  derived: z.array(Derived).default([]).describe('Named values over the form that conditions use. The order counts.'),
  materials: z.array(Material).default([]).describe('What the agencies need to see, and where it comes from.'),
  applicantLimits: z
    .array(ApplicantLimit)
    .default([])
    .describe('Last days that bind the applicant, apart from the promises of the offices. They move no light.'),
  duplicates: z.array(Duplicate).default([]).describe('Cases that must not be filed twice without a reason.'),
  supplements: Supplements.default({
    gatherMinutes: 30,
    answerWithin: { workingDays: 10 },
    remindAfter: { workingDays: 5 },
    onSilence: 'return-case',
  }).describe('How missing papers are asked for (补正): once, together, with a limit.'),
  pledge: z
    .strictObject({
      returnAfter: Limit.describe('How long after an expired pledge a material may still come before the case ends.'),
    })
    .default({ returnAfter: { workingDays: 15 } })
    .describe('What happens after a pledge (容缺) expires.'),
  supervision: Supervision.default({ yellow: 'urge', red: 'order', unanswered: 'circulate' }).describe(
    'What the system does about a step that runs late.',
  ),
  before: z
    .strictObject({
      materials: Before.optional().describe('How many materials one applicant had to bring.'),
      trips: Before.optional().describe('How often one applicant had to come.'),
      workingDays: Before.optional().describe('How many working days it took.'),
    })
    .default({})
    .describe('The figures from the time when the applicant asked each office separately.'),
  items: z.array(Item).default([]).describe('The service items (事项) of the bundle.'),
  steps: z.array(Step).min(1).describe('What the agencies do.'),
});
export type Matter = z.infer<typeof Matter>;
