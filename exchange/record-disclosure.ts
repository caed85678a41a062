import { askedItem, type EffectKey } from '../agencies/contract.ts';
import { loadStep } from '../db/cases/disclosures.ts';
import { listAnsweredItems } from '../db/cases/notices.ts';
import type { Opener } from '../db/sql/sealing.ts';
import type { Db } from '../db/sql/pool.ts';
import type { ResultSource } from '../domain/case/messages.ts';
import { discloseResults } from '../domain/matter/results.ts';
import type { FoundStep } from '../domain/matter/compile.ts';
import type { Matter } from '../domain/matter/schema.ts';
import type { Clock } from '../domain/matter/values.ts';
import { disclose } from '../domain/form/disclose.ts';
import { listAnswers, listShownMaterials } from '../domain/form/papers.ts';
import { loadResults } from './step-results.ts';

/** A step in one round, for the agency that has it. */
interface DisclosedStep extends EffectKey, Clock {
  agency: string;
  /** The officer who reads it; absent: it is sent to the system of the agency. */
  officer?: string;
  matter: Matter;
  found: FoundStep;
  /** The agency may have asked for supplements. */
  asked: boolean;
  /** The results of other steps that it is sent; absent: none. */
  results?: ResultSource[];
}

/**
 * The part of a case that an agency sees for one step: the fields that the step discloses and no
 * others, of the form and of the results of other steps; the materials; and the answers to the
 * supplements that the agency asked for. The disclosure is on record before this resolves. Throws
 * `STEP_UNKNOWN`.
 */
export const discloseStep = async (
  db: Db,
  opener: Opener,
  { caseId, stepId, round, agency, officer, matter, found, asked, results: sources = [], now }: DisclosedStep,
) => {
  const { discloses } = found.step;
  const key = { caseId, stepId };
  const papers = await loadStep(db, opener, key, {
    ...{ round, agency, fields: discloses },
    ...(officer !== undefined && { officer }),
  });
  const answered = asked ? await listAnsweredItems(db, opener, key) : [];
  const results = await loadResults(db, opener, { caseId, matter, sources, now });
  const items = answered.map(({ body, place, nothingFurther }) => ({
    ...askedItem(body, place),
    ...(nothingFurther && { nothingFurther: true as const }),
  }));
  return {
    caseNo: papers.caseNo,
    form: disclose(papers.form, discloses, found.item),
    results: discloseResults(matter, found.step, results),
    materials: listShownMaterials(matter, found, papers),
    supplement: listAnswers(found, papers, items),
  };
};
