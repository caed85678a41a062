import type { WithdrawalConfirmation, WithdrawalPreview } from '../contract/withdrawals.ts';
import type { ChangePreview } from '../contract/supplements.ts';
import type { Text } from '../matters/definition/schema.ts';

type Language = keyof Text;
type Effect = ChangePreview['steps'][number]['effect'] | WithdrawalPreview['steps'][number]['effect'];
type Outcome = WithdrawalConfirmation['steps'][number]['outcome'];

/** What is, or would be, done to a step, in words. */
const WORDS: Record<Effect | Outcome, Text> = {
  'sent-again': { zh: '重新发送部门', en: 'is sent again' },
  starts: { zh: '开始办理', en: 'starts' },
  'to-person': { zh: '结果存疑，转人工', en: 'stands in doubt: a person decides' },
  'sent-later': { zh: '轮到时按新内容发送', en: 'is sent with the new values later' },
  none: { zh: '不受影响', en: 'has ended: nothing' },
  ended: { zh: '已结束，不受影响', en: 'has ended: nothing' },
  'not-started': { zh: '未开始，不再办理', en: 'not started: will not be' },
  stopped: { zh: '停止办理，告知部门', en: 'stopped: its agency is told' },
  undone: { zh: '撤销', en: 'taken back' },
  'being-undone': { zh: '正在撤销', en: 'being taken back' },
  stands: { zh: '不可撤销，结果有效', en: 'cannot be taken back: stands' },
};

/** A line a step: what would become of it, or that nothing would. */
export const drawPreview = (
  { allowed, code, steps }: ChangePreview | WithdrawalPreview,
  language: Language,
): string[] => {
  if (!allowed) return [{ zh: `现在不能办理：${code}`, en: `Not possible now: ${code}` }[language]];
  if (steps.length === 0) return [{ zh: '不影响任何环节', en: 'No step is affected' }[language]];
  return steps.map((step) => `${drawStep(step, step.effect, language)}${'undo' in step ? howOf(step) : ''}`);
};

/** What the confirmation of a withdrawal says. */
export const drawConfirmation = (paper: WithdrawalConfirmation, language: Language): string[] => [
  `${{ zh: '撤回申请确认书', en: 'Confirmation of withdrawal' }[language]}  ${paper.caseNo}  ${paper.matter.name[language]}`,
  `${paper.withdrawnAt}  ${paper.by.role}:${paper.by.id}  ${paper.reason ?? ''}`,
  ...paper.steps.map(
    (step) => `${drawStep(step, step.outcome, language)}${step.at === undefined ? '' : `  ${step.at}`}`,
  ),
];

const drawStep = (step: { name: Text; agency: { id: string } }, what: Effect | Outcome, language: Language): string =>
  `${WORDS[what][language]}  ${step.name[language]}  [${step.agency.id}]`;

/** By which class of undo. */
const howOf = ({ effect, undo }: WithdrawalPreview['steps'][number]): string =>
  effect === 'undone' ? `  (${undo})` : '';
