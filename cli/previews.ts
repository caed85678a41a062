import type { WithdrawalConfirmation, WithdrawalPreview } from '../contract/withdrawals.ts';
import type { ChangePreview } from '../contract/supplements.ts';
import type { Text } from '../domain/matter/schema.ts';
import { CHANGE_EFFECT_WORDS, WITHDRAWAL_OUTCOME_WORDS } from '../domain/words/effects.ts';
import { UNDO_CLASS_WORDS } from '../domain/words/step-kinds.ts';
import { localTime } from './times.ts';
import { drawActor, refusalOf, type Pen } from './words.ts';

type Effect = ChangePreview['steps'][number]['effect'] | WithdrawalPreview['steps'][number]['effect'];
type Outcome = WithdrawalConfirmation['steps'][number]['outcome'];

/** The effects on a step, and their outcomes. */
const WORDS: Record<Effect | Outcome, Text> = { ...CHANGE_EFFECT_WORDS, ...WITHDRAWAL_OUTCOME_WORDS };

/** One line per step: the effect on it. Then what is unusual about the new values. */
export const drawPreview = (pen: Pen, preview: ChangePreview | WithdrawalPreview): string[] => {
  const { allowed, code, steps } = preview;
  if (!allowed) return [pen.t('preview.notPossible', { why: refusalOf(pen, code ?? '') })];
  const warnings = 'warnings' in preview ? preview.warnings : [];
  const unusual = warnings.map(({ path, message }) => `${pen.t('problem.warning')} ${path}: ${message}`);
  if (steps.length === 0) return [pen.t('preview.noStep'), ...unusual];
  return [
    ...steps.map((step) => `${drawStep(pen, step, step.effect)}${'undo' in step ? howOf(pen, step) : ''}`),
    ...unusual,
  ];
};

/** The confirmation of a withdrawal. */
export const drawConfirmation = (pen: Pen, paper: WithdrawalConfirmation): string[] => {
  const { caseNo, matter, withdrawnAt, by, reason, steps } = paper;
  return [
    `${pen.t('preview.confirmation')}  ${caseNo}  ${matter.name[pen.language]}`,
    `${localTime(withdrawnAt)}  ${drawActor(pen, by)}  ${reason ?? ''}`,
    ...steps.map(
      (step) => `${drawStep(pen, step, step.outcome)}${step.at === undefined ? '' : `  ${localTime(step.at)}`}`,
    ),
  ];
};

const drawStep = ({ language }: Pen, step: { name: Text; agency: { id: string } }, what: Effect | Outcome): string =>
  `${WORDS[what][language]}  ${step.name[language]}  [${step.agency.id}]`;

/** The class of the undo. */
const howOf = ({ language }: Pen, { effect, undo }: WithdrawalPreview['steps'][number]): string =>
  effect === 'undone' ? `  (${UNDO_CLASS_WORDS[undo][language]})` : '';
