import type { DecisionReply } from '../../agencies/contract.ts';
import type { StepRow } from '../../db/cases/steps.ts';
import { isUnreasoned } from '../../domain/matter/refusals.ts';
import { findAttention, whyNotSay } from '../../domain/case/answers.ts';
import { getStep } from '../../domain/matter/compile.ts';
import type { Matter, Step } from '../../domain/matter/schema.ts';
import { problem, type Language } from '../http/problems.ts';
import { answeredStep } from '../views/answered-step.ts';
import { refuseFaultyResult } from './results.ts';

type Said = Pick<DecisionReply, 'decision' | 'reason' | 'ground' | 'basis' | 'result'>;

/** Throws when a person gives a decision that the step cannot get, or that does not say what it must. */
export const refuseWrongDecision = (
  matter: Matter,
  step: StepRow,
  body: Said,
  { language, now }: { language: Language; now: number },
): void => {
  const code = whyNotSay(answeredStep(matter, step), 'officer', body.decision);
  if (code) throw problem(code);
  const definition = getStep(matter, step.stepId);
  const need = findNeed(definition, step, body);
  if (need) {
    const { path, words } = NEEDS[need];
    throw problem('REQUEST_INVALID', { errors: [{ path, rule: 'required', message: words[language] }] });
  }
  refuseFaultyResult(definition, body, { now }, language);
};

const findNeed = (definition: Step, step: StepRow, body: Said): keyof typeof NEEDS | undefined => {
  const isReasoned = (body.reason ?? '').trim() !== '';
  if (isUnreasoned(definition, body)) return isReasoned ? 'basis' : 'reason';
  return findAttention(step) === 'RECORD_MISSED' && body.decision === 'approved' && !isReasoned ? 'papers' : undefined;
};

/** What a decision has to say, and where. */
const NEEDS = {
  reason: {
    path: 'body.reason',
    words: {
      zh: '不予许可须说明理由（行政许可法第三十八条）',
      en: 'A refusal must give its reason (行政许可法 art. 38)',
    },
  },
  basis: {
    path: 'body.basis',
    words: {
      zh: '该不予理由在事项定义中没有法律依据，请填写依据条款',
      en: 'The definition has no legal basis for this ground. Enter the provision',
    },
  },
  papers: {
    path: 'body.reason',
    words: {
      zh: '系统查无记录，请填写核对了哪些原件',
      en: 'The register has no such record. Enter which papers were shown',
    },
  },
} as const;
