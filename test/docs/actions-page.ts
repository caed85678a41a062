import {
  answerActions,
  bulkActions,
  caseActions,
  orderActions,
  stepActions,
  type CaseFacts,
  type Offer,
  type StepContext,
} from '../../domain/actions.ts';
import type { Text } from '../../domain/matter/schema.ts';
import { ATTENTION_CODES, type Actor, type AttentionCode } from '../../domain/case/messages.ts';
import { listDecisions } from '../../domain/case/answers.ts';
import { STEP_KINDS, type StepKind } from '../../domain/case/plan.ts';
import type { StepFacts } from '../../domain/case/run.ts';
import { ANSWERED, isCaseEnd, isStepEnd, type CaseStanding } from '../../domain/case/status.ts';
import { BULK_STATUSES } from '../../domain/supervision/bulk.ts';
import { ORDER_STATUSES, type Order } from '../../domain/supervision/orders.ts';
import type { AnswerFacts } from '../../domain/worklist/verdicts.ts';
import {
  BULK_VERB_WORDS,
  CASE_ACTION_WORDS,
  ORDER_ACTION_WORDS,
  STEP_ACTION_WORDS,
  VERDICT_WORDS,
} from '../../domain/words/actions.ts';
import { ATTENTION_WORDS } from '../../domain/words/attention.ts';
import { BULK_STATUS_WORDS } from '../../domain/words/bulk.ts';
import { CASE_STATUS_WORDS } from '../../domain/words/case-statuses.ts';
import { DECISION_WORDS } from '../../domain/words/decisions.ts';
import { KEPT_ANSWER_WORDS } from '../../domain/words/kept-answers.ts';
import { ORDER_STATUS_WORDS } from '../../domain/words/orders.ts';
import { STEP_KIND_WORDS } from '../../domain/words/step-kinds.ts';
import { STEP_STATUS_WORDS } from '../../domain/words/step-statuses.ts';

/**
 * docs/actions.md, made from the rules: every status with every action, ✓ or the code of the
 * refusal.
 */

interface Row {
  label: string;
  offers: readonly Offer<string>[];
}

const inBothLanguages = ({ zh, en }: Text, more?: Text): string =>
  more ? `${zh}（${more.zh}） ${en}, ${more.en}` : `${zh} ${en}`;

const cellOf = (offer: Offer<string>): string => (offer.allowed ? '✓' : `\`${offer.because.code}\``);

/** Rows that say the same are one. */
const table = (words: Record<string, Text>, rows: readonly Row[]): string => {
  const actions = rows[0]!.offers.map(({ action }) => action);
  const merged = new Map<string, string[]>();
  for (const { label, offers } of rows) {
    const cells = offers.map(cellOf).join(' | ');
    merged.set(cells, [...(merged.get(cells) ?? []), label]);
  }
  return [
    `| | ${actions.map((action) => `${words[action]!.zh}<br>\`${action}\``).join(' | ')} |`,
    `| --- | ${actions.map(() => '---').join(' | ')} |`,
    ...[...merged].map(([cells, labels]) => `| ${labels.join('<br>')} | ${cells} |`),
  ].join('\n');
};

const drawLegend = (words: Record<string, Text>): string =>
  Object.entries(words)
    .map(([action, { zh, en }]) => `- \`${action}\` ${zh}: ${en}`)
    .join('\n');

const CLOSING: Text = { zh: '正在撤回、退件或终止', en: 'being withdrawn, returned or terminated' };
const AFTER_CLOSING: Text = { zh: '退件或终止后', en: 'after a return or a termination' };
const NOTHING_PLEDGED: Text = { zh: '没有未补交的容缺材料', en: 'nothing that was pledged is missing' };

const caseRows = (): Row[] => {
  const row = (found: Omit<CaseFacts, 'gaps'>, more?: Text, gaps = ['photo']): Row => ({
    label: inBothLanguages(CASE_STATUS_WORDS[found.status], more),
    offers: caseActions({ ...found, gaps }),
  });
  return [
    row({ status: 'submitted' }),
    row({ status: 'accepted' }),
    row({ status: 'accepted' }, NOTHING_PLEDGED, []),
    row({ status: 'submitted', closing: 'withdrawal' }, CLOSING),
    row({ status: 'accepted', closing: 'termination' }, CLOSING),
    row({ status: 'completed' }),
    row({ status: 'partially-completed' }),
    row({ status: 'partially-completed', closing: 'return' }, AFTER_CLOSING),
    row({ status: 'refused' }),
    row({ status: 'lapsed' }),
    row({ status: 'not-accepted' }),
    row({ status: 'returned', closing: 'return' }),
    row({ status: 'withdrawn', closing: 'withdrawal' }),
  ];
};

type Facts = StepFacts & { stepId: string };

const STEP: Facts = { stepId: 'step', status: 'accepted', round: 1, undo: false, extension: 5 };

interface StepVariant {
  step: Partial<Facts> & Pick<Facts, 'status'>;
  more?: Text;
  /** Why a person must act. */
  code?: AttentionCode;
  context?: Partial<StepContext>;
}

const NOTICE: NonNullable<StepContext['notice']> = {
  status: 'open',
  items: [{ id: 'step:1:1', messageId: 'message', place: 0, stepId: 'step', holds: [], answered: false }],
};

/** Why only an undo waits for a person, and why only a result does. */
const OF_UNDO: ReadonlySet<AttentionCode> = new Set(['UNDO_REJECTED', 'UNDO_BY_PERSON']);
const OF_RESULT: ReadonlySet<AttentionCode> = new Set(['CORRECTION_BY_PERSON', 'PARCEL_RETURNED']);

const attention =
  (undo: boolean) =>
  (code: AttentionCode): StepVariant => ({
    step: { status: 'attention', attention: code, undo, ...(OF_RESULT.has(code) && { decision: 'approved' }) },
    ...(undo && { more: { zh: '撤销中', en: 'while it is taken back' } }),
    code,
  });

/** Every way in which a step can stand, with what else its actions depend on. */
const STEP_VARIANTS: readonly StepVariant[] = [
  { step: { status: 'waiting', round: 0 } },
  { step: { status: 'ready', round: 0 } },
  { step: { status: 'submitted' } },
  { step: { status: 'accepted' } },
  { step: { status: 'accepted', extension: 0 }, more: { zh: '不得延长', en: 'its limit cannot be extended' } },
  { step: { status: 'accepted', extensionDays: 3 }, more: { zh: '已延长', en: 'extended before' } },
  { step: { status: 'accepted' }, more: { zh: '督办中', en: 'with an order in progress' }, context: { ordered: true } },
  {
    step: { status: 'accepted' },
    more: { zh: '他人已领取', en: 'another officer has taken it' },
    context: { claimed: { code: 'TASK_TAKEN', by: 'officer' } },
  },
  {
    step: { status: 'accepted' },
    more: { zh: '已指派他人', en: 'it was given to another officer' },
    context: { claimed: { code: 'TASK_ASSIGNED', by: 'officer' } },
  },
  { step: { status: 'supplement', decision: 'supplement' }, context: { notice: NOTICE } },
  { step: { status: 'suspended' } },
  ...ATTENTION_CODES.filter((code) => !OF_UNDO.has(code)).map(attention(false)),
  { step: { status: 'undoing', undo: true, decision: 'approved' } },
  ...ATTENTION_CODES.filter((code) => !OF_RESULT.has(code) && !ANSWERED.has(code)).map(attention(true)),
  { step: { status: 'done', decision: 'approved' } },
  { step: { status: 'refused', decision: 'refused' } },
  { step: { status: 'lapsed', decision: 'lapsed' } },
  { step: { status: 'skipped', round: 0 } },
  { step: { status: 'blocked', round: 0 } },
  { step: { status: 'stopped' } },
  {
    step: { status: 'stopped', decision: 'supplement' },
    more: { zh: '补正期限已过，如需继续办理请重新申请', en: 'its supplement did not come in time' },
    context: { notice: { ...NOTICE, status: 'lapsed' } },
  },
  { step: { status: 'undone', undo: true, decision: 'approved' } },
];

/** When a case ends all its steps have. */
const stepRows = (found: CaseStanding): Row[] =>
  STEP_VARIANTS.filter(({ step: { status } }) => !isCaseEnd(found.status) || isStepEnd(status)).map(
    ({ step, more, code, context }) => ({
      label: `${inBothLanguages(STEP_STATUS_WORDS[step.status], more)}${code ? ` \`${code}\`` : ''}`,
      offers: stepActions(found, { ...STEP, ...step }, { ordered: false, ...context }),
    }),
  );

const GIVER: Actor = { role: 'supervisor', id: 'one' };
const OTHER: Actor = { role: 'supervisor', id: 'two' };
const DUE_AT = 1_000;

const orderRows = (): Row[] =>
  ORDER_STATUSES.flatMap((status) => {
    const order: Order = {
      ...{ status, openedBy: GIVER, repliedBy: [], dueAt: DUE_AT, yellowAt: 800, provisional: false },
    };
    const row = (by: Actor, at: number, now: Order, more: Text): Row => ({
      label: inBothLanguages(ORDER_STATUS_WORDS[status], more),
      offers: orderActions(now, by, at),
    });
    const byOther: Text = { zh: '由另一人', en: 'by another person' };
    const byGiver: Text = { zh: '由发起人或答复人', en: 'by who gave or answered it' };
    if (status !== 'open') return [row(OTHER, DUE_AT, order, byOther), row(GIVER, DUE_AT, order, byGiver)];
    const overdue: Text = { zh: '逾期未答复，由另一人', en: 'overdue, by another person' };
    const circulated: Text = { zh: '已通报，由另一人', en: 'in a circular, by another person' };
    return [
      row(OTHER, DUE_AT, order, byOther),
      row(GIVER, DUE_AT, order, byGiver),
      row(OTHER, DUE_AT + 1, order, overdue),
      row(OTHER, DUE_AT + 1, { ...order, circularAt: DUE_AT + 1 }, circulated),
    ];
  });

const answerRows = (): Row[] => {
  const OPEN: AnswerFacts = {
    state: 'open',
    decision: 'approved',
    case: { status: 'accepted' },
    step: { kind: 'approve', status: 'done', round: 1, undo: false },
  };
  const row = (change: Partial<AnswerFacts>, more?: Text): Row => {
    const kept = { ...OPEN, ...change };
    return { label: inBothLanguages(KEPT_ANSWER_WORDS[kept.state], more), offers: answerActions(kept) };
  };
  return [
    row({ state: 'pending' }),
    row({}),
    row({ decision: 'supplement' }, { zh: '内容为要求补正', en: 'it asks for a supplement' }),
    row(
      { decision: 'refused', step: { kind: 'verify', status: 'attention', round: 1, undo: false } },
      { zh: '该类环节不能作出此决定', en: 'its kind of step cannot get it' },
    ),
    row(
      { case: { status: 'accepted', closing: 'withdrawal' } },
      { zh: '办件' + CLOSING.zh, en: `its case is ${CLOSING.en}` },
    ),
    row({ case: { status: 'withdrawn', closing: 'withdrawal' } }, { zh: '办件已撤回', en: 'its case was withdrawn' }),
    row({ case: { status: 'completed' } }, { zh: '办件已办结', en: 'its case is completed' }),
    row(
      { step: { kind: 'approve', status: 'undoing', round: 1, undo: true } },
      { zh: '环节正在撤销', en: 'its step is being taken back' },
    ),
    row(
      { step: { kind: 'approve', status: 'waiting', round: 0 } },
      { zh: '环节尚未开始', en: 'its step has not started' },
    ),
    row({ state: 'adopted' }),
    row({ state: 'dismissed' }),
  ];
};

const bulkRows = (): Row[] =>
  BULK_STATUSES.flatMap((status) => [
    {
      label: inBothLanguages(BULK_STATUS_WORDS[status], { zh: '由另一人', en: 'by another person' }),
      offers: bulkActions({ status, createdBy: GIVER, total: 60 }, OTHER),
    },
    {
      label: inBothLanguages(BULK_STATUS_WORDS[status], { zh: '由发起人', en: 'by who made it' }),
      offers: bulkActions({ status, createdBy: GIVER, total: 60 }, GIVER),
    },
  ]);

const decisionsTable = (): string => {
  const cell = (kind: StepKind, isIntake: boolean, role: Actor['role']): string =>
    listDecisions({ kind, isIntake }, role)
      .map((decision) => `\`${decision}\``)
      .join(', ');
  const row = (kind: StepKind, isIntake: boolean): string => {
    const { zh, en } = STEP_KIND_WORDS[kind];
    const label = isIntake ? '受理环节 The step that accepts the case' : `${zh} ${en}<br>\`${kind}\``;
    return `| ${label} | ${cell(kind, isIntake, 'agency')} | ${cell(kind, isIntake, 'officer')} |`;
  };
  return [
    '| | 部门系统 The system of the agency | 工作人员 A person |',
    '| --- | --- | --- |',
    ...STEP_KINDS.map((kind) => row(kind, false)),
    row('review', true),
  ].join('\n');
};

const codesOf = (rows: readonly Row[]): string => {
  const says = new Map<string, Text>(
    rows
      .flatMap(({ offers }) => offers)
      .flatMap((offer) => (offer.allowed ? [] : [[offer.because.code, offer.because.says] as const])),
  );
  for (const code of ATTENTION_CODES) says.set(code, ATTENTION_WORDS[code]);
  return [
    '| code | 中文 | English |',
    '| --- | --- | --- |',
    ...[...says].sort().map(([code, { zh, en }]) => `| \`${code}\` | ${zh} | ${en} |`),
  ].join('\n');
};

const DECISION_LEGEND = drawLegend(DECISION_WORDS);

/** Markdown, as yet unformatted. */
export const actionsPage = (): string => {
  const cases = caseRows();
  const open = stepRows({ status: 'accepted' });
  const closing = stepRows({ status: 'accepted', closing: 'withdrawal' });
  const ended = stepRows({ status: 'completed' });
  const over = stepRows({ status: 'withdrawn', closing: 'withdrawal' });
  const orders = orderRows();
  const answers = answerRows();
  const bulk = bulkRows();
  return `# 何时可以做什么 What can be done when

本页由程序规则（\`domain/actions.ts\`）自动生成，\`test/docs/actions.test.ts\` 保证与规则一致。✓ 表示可以办理；否则列出拒绝代码，代码含义见[文末](#拒绝代码-codes)。
权限另行判断：没有权限的人看不到该操作。结果相同的状态合为一行。

This page is made from the rules (\`domain/actions.ts\`); \`test/docs/actions.test.ts\` fails when the two differ. ✓: it is possible. A code: it
is refused with this code, whose words are [at the end](#拒绝代码-codes). Whether a person has the right to an action is asked apart:
an action without the right is not shown (\`api/policy.ts\`). Statuses for which everything is the same share a row.

## 办件 Cases

${drawLegend(CASE_ACTION_WORDS)}

${table(CASE_ACTION_WORDS, cases)}

## 环节 Steps

${drawLegend(STEP_ACTION_WORDS)}

\`decide\` 按本轮准予的决定判断；承运人报告邮件退回不在此列。 \`decide\` is judged for an approval in the round that the step is in. What
a carrier says of a parcel that came back is judged apart, and is possible after the delivery too.

### 办件办理中 The case is open

${table(STEP_ACTION_WORDS, open)}

### 办件正在撤回、退件或终止 The case is being withdrawn, returned or terminated

${table(STEP_ACTION_WORDS, closing)}

### 办件办结、部分办结、不予批准或逾期终止 The case is completed, partially completed, refused or lapsed

${table(STEP_ACTION_WORDS, ended)}

### 办件已撤回、退件、终止或不予受理 The case was withdrawn, returned, terminated or not accepted

${table(STEP_ACTION_WORDS, over)}

## 各类环节可作出的决定 Decisions of each kind of step

${DECISION_LEGEND}

${decisionsTable()}

## 督办单 Supervision orders

${drawLegend(ORDER_ACTION_WORDS)}

${table(ORDER_ACTION_WORDS, orders)}

## 待核答复 Answers kept beside the record

${drawLegend(VERDICT_WORDS)}

${table(VERDICT_WORDS, answers)}

## 批量办理 Bulk acts

${drawLegend(BULK_VERB_WORDS)}

${table(BULK_VERB_WORDS, bulk)}

## 拒绝代码 Codes

${codesOf([...cases, ...open, ...closing, ...ended, ...over, ...orders, ...answers, ...bulk])}
`;
};
