import { readSample } from '../../sandbox/samples.ts';
import { Matter } from '../../domain/matter/schema.ts';
import { STEP_KINDS, type Plan, type PlanStep } from '../../domain/case/plan.ts';

/** The matters that tests of more than one folder use. */

export const NEWBORN = 'newborn-registration';

export type SampleForm = Record<string, unknown>;

/** The form of a valid sample; each call returns a new copy. */
export const sampleForm = (sample: string, matter = NEWBORN): SampleForm =>
  (JSON.parse(readSample(`${matter}/${sample}`)) as { request: { form: SampleForm } }).request.form;

const MOVING = {
  version: 1,
  name: { zh: '迁居', en: 'Moving house' },
  summary: { zh: '迁居', en: 'Moving house' },
  lead: 'police',
  limit: { promised: { workingDays: 5 } },
  partialCompletion: true,
};

const approval = (
  id: string,
  agency: string,
  over: { zh?: string; workingDays?: number; discloses?: string[]; needs?: string[] } = {},
): Record<string, unknown> => ({
  id,
  name: { zh: over.zh ?? id, en: id },
  agency,
  kind: 'approve' as const,
  needs: over.needs ?? [],
  limit: { promised: { workingDays: over.workingDays ?? 1 } },
  discloses: over.discloses ?? [],
  undo: { class: 'void' as const },
});

/** The smallest matter with steps of three agencies. */
export const HOUSE_MOVE = Matter.parse({
  ...MOVING,
  code: 'house-move',
  form: [{ id: 'name', name: { zh: '姓名', en: 'Name' }, type: 'text' }],
  steps: [approval('register', 'police'), approval('notify', 'post'), approval('meter', 'utilities')],
});

/** A plan of it with two instances of the second step, and without the last step. */
export const HOUSE_MOVE_PLAN: Plan = {
  matter: 'house-move',
  version: 1,
  hash: 'a'.repeat(64),
  partial: true,
  onSilence: 'return-case',
  steps: [
    { id: 'register', agency: 'police', kind: 'approve', needs: [], undo: { class: 'void' } },
    { id: 'notify.1', agency: 'post', kind: 'approve', needs: [], undo: { class: 'void' } },
    { id: 'notify.2', agency: 'post', kind: 'approve', needs: [], undo: { class: 'void' } },
    { id: 'meter', agency: 'utilities', kind: 'approve', needs: [], undo: { class: 'void' }, skip: true },
  ],
};

/** A matter with four steps in a row, repeated over a list of at most `items`. */
export const wideMatter = (items: number): Matter =>
  Matter.parse({
    ...MOVING,
    code: 'wide',
    form: [
      {
        id: 'rows',
        name: { zh: '明细', en: 'Rows' },
        type: 'list',
        required: true,
        maxItems: items,
        fields: [{ id: 'amount', name: { zh: '数量', en: 'Amount' }, type: 'integer' }],
      },
    ],
    steps: ['check', 'register', 'issue', 'notify'].map((id, index, ids) => ({
      ...approval(id, 'police', { needs: ids.slice(Math.max(index - 1, 0), index), discloses: ['rows[].amount'] }),
      forEach: 'rows',
    })),
  });

/** A form of `wideMatter`. */
export const wideForm = (items: number): { rows: { amount: number }[] } => ({
  rows: Array.from({ length: items }, (_, index) => ({ amount: index })),
});

const disclosing = { workingDays: 5, discloses: ['applicant.name'] };

/** A matter with personal data, a material, an item and a need. */
export const SMALL_MOVE = Matter.parse({
  ...MOVING,
  code: 'small-move',
  form: [
    {
      id: 'applicant',
      name: { zh: '申请人', en: 'Applicant' },
      type: 'group',
      required: true,
      fields: [
        {
          id: 'name',
          name: { zh: '姓名', en: 'Name' },
          type: 'text',
          format: 'person-name',
          required: true,
          personal: true,
        },
        { id: 'idNo', name: { zh: '身份证号', en: 'ID number' }, type: 'text', format: 'citizen-id', personal: true },
      ],
    },
    { id: 'note', name: { zh: '备注', en: 'Note' }, type: 'text', maxLength: 100 },
  ],
  materials: [{ id: 'photo', name: { zh: '照片', en: 'Photo' }, source: { kind: 'photo' } }],
  items: [
    {
      id: 'household',
      name: { zh: '户口迁移', en: 'Move of the household' },
      lead: 'police',
      steps: ['register', 'meter'],
      limit: { promised: { workingDays: 8 }, statutory: { workingDays: 20 } },
    },
  ],
  steps: [
    approval('register', 'police', { ...disclosing, zh: 'register环节' }),
    approval('notify', 'post', { ...disclosing, zh: 'notify环节' }),
    approval('meter', 'utilities', { ...disclosing, zh: 'meter环节', needs: ['register'] }),
  ],
});

export const SMALL_MOVE_FORM = {
  applicant: { name: '林晓雨', idNo: '339900198802290020' },
  note: 'third floor',
};

/** A matter with one step of every kind, named after it, all at one agency. `review` accepts it. */
export const EVERY_KIND = Matter.parse({
  ...MOVING,
  code: 'every-kind',
  acceptedBy: 'review',
  form: [{ id: 'name', name: { zh: '姓名', en: 'Name' }, type: 'text' }],
  steps: STEP_KINDS.map((kind) => ({
    ...approval(kind, 'police'),
    kind,
    ...(kind === 'instant' && {
      rules: [{ id: 'named', name: { zh: '已填姓名', en: 'Named' }, source: '示例', expr: 'name != null' }],
    }),
    refusals: [
      { code: 'with-basis', name: { zh: '已登记', en: 'Registered already' }, basis: '示例条例第六条' },
      { code: 'without-basis', name: { zh: '欠费', en: 'Arrears' } },
    ],
  })),
});

const ofPeople = { forEach: 'people' };

/**
 * A matter in which each person gets a number, and later steps are sent it: the card of the same
 * person, and one report about all persons.
 */
export const CARD_APPLICATION = Matter.parse({
  ...MOVING,
  code: 'card-application',
  form: [
    {
      id: 'people',
      name: { zh: '人员', en: 'People' },
      type: 'list',
      required: true,
      maxItems: 3,
      fields: [{ id: 'name', name: { zh: '姓名', en: 'Name' }, type: 'text', required: true, personal: true }],
    },
  ],
  steps: [
    {
      ...approval('register', 'police', { discloses: ['people[].name'] }),
      ...ofPeople,
      kind: 'register',
      output: {
        id: 'entry',
        name: { zh: '登记', en: 'Entry' },
        fields: [
          {
            id: 'idNo',
            name: { zh: '公民身份号码', en: 'Citizen identity number' },
            type: 'text',
            format: 'citizen-id',
            required: true,
            personal: true,
          },
          { id: 'copies', name: { zh: '份数', en: 'Copies' }, type: 'integer', minimum: 1 },
        ],
      },
    },
    {
      ...approval('card', 'post', { needs: ['register'], discloses: ['people[].name', 'result:register.idNo'] }),
      ...ofPeople,
      kind: 'issue',
    },
    approval('report', 'utilities', { needs: ['register'], discloses: ['result:register.idNo'] }),
  ],
});

const createPlanStep = (id: string, needs: string[], over: Partial<PlanStep>): PlanStep => ({
  id,
  agency: `${id}-agency`,
  kind: 'approve',
  needs: needs.length === 0 ? [] : [{ mode: 'all', of: needs }],
  undo: { class: 'none' },
  ...over,
});

/** A plan without a matter: two branches after a check. `over` changes single steps. */
export const branchingPlan = (over: Record<string, Partial<PlanStep>> = {}): Plan => ({
  matter: 'test-matter',
  version: 1,
  hash: 'f'.repeat(64),
  partial: true,
  onSilence: 'return-case',
  steps: [
    createPlanStep('check', [], { kind: 'verify' }),
    createPlanStep('register', ['check'], { kind: 'register', undo: { class: 'withdraw' } }),
    createPlanStep('card', ['register'], { kind: 'issue', undo: { class: 'void' } }),
    createPlanStep('enrol', ['register'], { kind: 'register', undo: { class: 'stop' } }),
  ].map((one) => ({ ...one, ...over[one.id] })),
});
