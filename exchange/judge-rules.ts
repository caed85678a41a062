import { loadStep } from '../db/cases/disclosures.ts';
import { recordRuleTrace } from '../db/cases/rule-traces.ts';
import { decideByRules } from '../domain/matter/rules.ts';
import type { StepDispatch } from './connections/connection.ts';
import type { ExchangeDependencies } from './dependencies.ts';
import { loadResults } from './step-results.ts';

/**
 * Whether all rules of an instant step (智能秒办) hold; undefined: the step has none. They are judged
 * before every sending, however the agency is connected. The first result of a round stays, so that
 * a repetition is the same.
 */
export const judgeRules = async (
  { db, cipher, now }: ExchangeDependencies,
  { call, matter, found }: Pick<StepDispatch, 'call' | 'matter' | 'found'>,
): Promise<boolean | undefined> => {
  if (!found.step.rules) return undefined;
  const { caseId, stepId, results: sources = [] } = call;
  const clock = { now: now() };
  const [{ form }, results] = await Promise.all([
    loadStep(db, cipher, call),
    loadResults(db, cipher, { caseId, matter, sources, ...clock }),
  ]);
  return recordRuleTrace(db, { ...call, ...decideByRules(matter, stepId, form, clock, results) });
};
