import type { WithdrawalConfirmation, WithdrawalPreview } from '../contract/withdrawals.ts';
import type { ChangePreview } from '../contract/supplements.ts';
import type { Text } from '../matters/definition/schema.ts';
import { CHANGE_EFFECT_WORDS, WITHDRAWAL_OUTCOME_WORDS } from '../matters/words/effects.ts';

type Language = keyof Text;
type Effect = ChangePreview['steps'][number]['effect'] | WithdrawalPreview['steps'][number]['effect'];
type Outcome = WithdrawalConfirmation['steps'][number]['outcome'];

/** What is, or would be, done to a step. */
const WORDS: Record<Effect | Outcome, Text> = { ...CHANGE_EFFECT_WORDS, ...WITHDRAWAL_OUTCOME_WORDS };

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
