import { z } from 'zod';
import { SILENCE_RULES, STEP_KINDS, UNDO_CLASSES } from '../case/plan.ts';

/** A matter as people write it: one YAML file under catalog/. Schema and type share a name. Unknown keys are errors. */

const Id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens');
const FieldId = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'camelCase');

/** A field by its place in the form: `mother.idNo`, `children[].name`, `delivery.address`. */
const FieldPath = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\[\])?(\.[a-z][A-Za-z0-9]*(\[\])?)*$/, 'a path such as mother.idNo or children[].name');

export const Text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
export type Text = z.infer<typeof Text>;

/**
 * A FEEL expression over the form's fields and the `derived` names; inside a repeated step, a list's fields and a check with
 * `each` also over `item` (the list's item) and `index` (its number, from 1). `now` (a date and time) and `today` (a date) are the
 * instant of judging, in China Standard Time; dates in the form are texts: `date(item.birthDate) <= today`. A field that is not
 * filled in is null, a group's fields too; a list is empty; a yes-no that is not required is false.
 */
const Expression = z.string().min(1).max(500);

/** A limit is in working days, working minutes (window hours), calendar days or seconds; exactly one of them. */
export const Limit = z.union(
  [
    z.strictObject({ workingDays: z.int().positive().max(250) }),
    z.strictObject({ workingMinutes: z.int().positive().max(10_000) }),
    z.strictObject({ calendarDays: z.int().positive().max(730) }),
    z.strictObject({ seconds: z.int().positive().max(86_400) }),
  ],
  'one of workingDays, workingMinutes, calendarDays and seconds, with a whole number',
);
export type Limit = z.infer<typeof Limit>;

/** How a field is checked beyond its type; the rules are in fields.ts, each with its source. */
export const FIELD_FORMATS = [
  'person-name',
  'citizen-id',
  'passport',
  'mobile',
  'division',
  'date',
  'date-time',
  'bank-account',
  'birth-certificate-no',
  'title-no',
  'unit-no',
  'contract-no',
  'plate-no',
  'vin',
  'credit-code',
  'ethnicity',
] as const;

const FieldBase = {
  id: FieldId,
  name: Text,
  /** Required when this holds; `true` always, absent never. */
  required: z.union([z.literal(true), Expression], 'true or a FEEL expression; leave it out where never').optional(),
  /** Personal data: sent only where disclosed, never shown unmasked in a list. */
  personal: z.boolean().default(false),
  help: Text.optional(),
};

export type Field = z.infer<typeof BaseField> & { fields?: Field[] | undefined };
const BaseField = z.strictObject({
  ...FieldBase,
  type: z.enum(['text', 'integer', 'number', 'boolean', 'choice', 'group', 'list']),
  format: z.enum(FIELD_FORMATS).optional(),
  minLength: z.int().nonnegative().optional(),
  maxLength: z.int().positive().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  decimals: z.int().nonnegative().optional(),
  /** For `list`: fewest and most items. */
  minItems: z.int().nonnegative().optional(),
  maxItems: z.int().positive().optional(),
  choices: z.array(z.strictObject({ value: z.string().min(1), name: Text })).optional(),
});
/** One field of the form; `group` and `list` hold further fields. */
export const Field: z.ZodType<Field> = BaseField.extend({
  get fields() {
    return z.array(Field).optional();
  },
});

/** A rule over several fields: `expr` must be true, otherwise `field` gets `message`. Inside a list: `each: children`. */
export const Check = z.strictObject({
  id: Id,
  field: FieldPath,
  each: FieldId.optional(),
  when: Expression.optional(),
  expr: Expression,
  message: Text,
});
export type Check = z.infer<typeof Check>;

const Material = z.strictObject({
  id: Id,
  name: Text,
  /** Where it comes from: made by a step, fetched by data sharing (免交), a reused photo, uploaded, filled in, only shown. */
  source: z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('step'), step: Id }),
      z.strictObject({ kind: z.literal('sharing'), agency: Id }),
      z.strictObject({ kind: z.literal('photo') }),
      z.strictObject({ kind: z.literal('upload') }),
      z.strictObject({ kind: z.literal('form') }),
      z.strictObject({ kind: z.literal('shown') }),
    ],
    'a kind, which is one of step, sharing, photo, upload, form and shown',
  ),
  when: Expression.optional(),
  /** May be handed in later against a pledge (容缺). */
  mayFollow: z.boolean().default(false),
});

/** What a step waits for: a step id (it must be done), or one of the looser forms of PlanNeed. */
export const Need = z.union(
  [
    Id,
    z.strictObject({ anyOf: z.array(Id).min(2) }),
    z.strictObject({ settled: z.array(Id).min(1) }),
    z.strictObject({ someOf: z.array(Id).min(1) }),
  ],
  'a step id, or one of anyOf, settled and someOf with a list of step ids',
);
export type Need = z.infer<typeof Need>;

export const Step = z.strictObject({
  id: Id,
  name: Text,
  agency: Id,
  kind: z.enum(STEP_KINDS),
  /** Repeated for every item of this list of the form. */
  forEach: FieldId.optional(),
  /** The step applies when this holds; `whenText` says the same to people. */
  when: Expression.optional(),
  whenText: Text.optional(),
  needs: z.array(Need).default([]),
  limit: z.strictObject({
    promised: Limit,
    statutory: Limit.optional(),
    /** 示例时限: not confirmed by the authority; screens say so. */
    example: z.boolean().default(false),
    /** Stands outside the promise of the whole case (certificate-making, posting, payment). */
    outside: z.boolean().default(false),
    /** Working days by which it may be extended, once, with the leave of the agency's head (行政许可法 art. 42). */
    extension: z.int().positive().max(30).optional(),
    source: z.string().optional(),
  }),
  /** A joint parcel: from the first paper that is ready it waits no longer than this for the others, then it goes in two. */
  latestSend: Limit.optional(),
  /** The fields that this step's agency is sent; a group or list stands for all in it. Nothing else leaves. */
  discloses: z.array(FieldPath),
  materials: z.array(Id).default([]),
  output: z.strictObject({ id: Id, name: Text }).optional(),
  undo: z.strictObject({
    class: z.enum(UNDO_CLASSES),
    standsAfter: z.array(Id).min(1).optional(),
    whenFails: z.array(Id).min(1).optional(),
  }),
  /** Usual grounds on which the agency refuses or asks for a supplement. */
  refusals: z.array(z.strictObject({ code: Id, name: Text, basis: z.string().optional() })).default([]),
  /** 智能秒办: all must hold for approval by rules; a miss goes to a person, never to a refusal. */
  rules: z.array(z.strictObject({ id: Id, name: Text, source: z.string(), expr: Expression })).optional(),
});
export type Step = z.infer<typeof Step>;

/**
 * One government service item (事项) of the bundle: what an agency offers by itself behind the one number. Its limit runs from the first
 * sending of one of its steps until all have ended; those outside the promise only delay the others.
 */
const Item = z.strictObject({
  id: Id,
  name: Text,
  lead: Id,
  steps: z.array(Id).min(1),
  limit: z.strictObject({ promised: Limit, statutory: Limit.optional(), example: z.boolean().default(false) }),
});
export type Item = z.infer<typeof Item>;

/** What a rule does about a step at one of its lights. */
const ESCALATION_LEVELS = ['nothing', 'urge', 'order'] as const;
export type EscalationLevel = (typeof ESCALATION_LEVELS)[number];

/** How missing papers are asked for (补正): once, together, with a limit. */
const Supplements = z.strictObject({
  /** What several agencies ask within this time becomes one notice. */
  gatherMinutes: z.int().nonnegative().max(1440),
  answerWithin: Limit,
  remindAfter: Limit,
  onSilence: z.enum(SILENCE_RULES),
});

/** What is done by itself about a step that runs late: 催办 (`urge`), 督办 (`order`), and 通报 of an order that is not answered in time. */
const Supervision = z.strictObject({
  yellow: z.enum(ESCALATION_LEVELS),
  red: z.enum(ESCALATION_LEVELS),
  unanswered: z.enum(['nothing', 'circulate']),
});

/**
 * When another case is called a duplicate of this one. Both must keep the same `key`; the values are compared by keyed hashes.
 */
const Duplicate = z.strictObject({
  id: Id,
  /** What the window is told. */
  message: Text,
  /** What the values stand for: person, property, child. Matters that are compared use the same word. */
  key: Id,
  /** Each entry names the fields that together make one value; within a list, one for each of its items. */
  of: z.array(z.array(FieldPath).min(1).max(5)).min(1).max(10),
  /** Codes of the matters that the other case may be of; this one when absent. */
  against: z.array(Id).min(1).optional(),
  /** `open`: it has not ended; `granted`: nor if it ended with something granted. */
  other: z.enum(['open', 'granted']),
});
export type Duplicate = z.infer<typeof Duplicate>;

/** A figure from before the items were joined, and where it is from; `example`: no authority has confirmed it. */
const Before = z.strictObject({
  value: z.number().nonnegative(),
  source: z.string().min(1),
  example: z.boolean().default(false),
});

export const Matter = z.strictObject({
  $schema: z.string().optional(),
  code: Id,
  version: z.int().positive(),
  name: Text,
  summary: Text,
  lead: Id,
  basis: z.array(z.string()).default([]),
  /** The promise for the whole case. */
  limit: z.strictObject({ promised: Limit, statutory: Limit.optional(), example: z.boolean().default(false) }),
  /** The intake step whose approval accepts the case; absent: accepted when it starts. */
  acceptedBy: Id.optional(),
  partialCompletion: z.boolean(),
  form: z.array(Field).min(1),
  checks: z.array(Check).default([]),
  /** Named values over the form that conditions use, in order; each may use those before it. */
  derived: z.array(z.strictObject({ id: FieldId, expr: Expression })).default([]),
  materials: z.array(Material).default([]),
  /** Cases that must not be filed twice without a reason. */
  duplicates: z.array(Duplicate).default([]),
  supplements: Supplements.default({
    gatherMinutes: 30,
    answerWithin: { workingDays: 10 },
    remindAfter: { workingDays: 5 },
    onSilence: 'return-case',
  }),
  /** How long after an expired pledge the gap may still be filled before the case goes back. */
  pledge: z.strictObject({ returnAfter: Limit }).default({ returnAfter: { workingDays: 15 } }),
  supervision: Supervision.default({ yellow: 'urge', red: 'order', unanswered: 'circulate' }),
  /** What one applicant had to bring, how often he had to come, and how long it took when each office was asked by itself. */
  before: z
    .strictObject({ materials: Before.optional(), trips: Before.optional(), workingDays: Before.optional() })
    .default({}),
  items: z.array(Item).default([]),
  steps: z.array(Step).min(1),
});
export type Matter = z.infer<typeof Matter>;

/** The agencies that a catalog knows: their ids and official names. How each is connected is in the registry, not here. */
export const Agencies = z.strictObject({
  $schema: z.string().optional(),
  agencies: z.array(z.strictObject({ id: Id, name: Text })).min(1),
});
export type Agencies = z.infer<typeof Agencies>;
