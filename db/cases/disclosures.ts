import type { Papers } from '../../domain/form/papers.ts';
import { openDossier } from './dossiers.ts';
import type { Opener } from '../sql/sealing.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/**
 * Everything that a message to an agency is made from. Personal data: only the part that the step
 * discloses may leave.
 */
export interface LoadedStep extends Papers {
  caseNo: string;
}

/** The recipient and the fields of a step in one round. */
export interface Disclosure {
  round: number;
  agency: string;
  /** The officer who read them; absent: the system of the agency, or not read yet. */
  officer?: string;
  /** Field paths, never values. */
  fields: readonly string[];
}

/**
 * Reads a step, and records the disclosure before each attempt, because an attempt whose reply is
 * lost has disclosed too. Without `disclosed` nothing is sent. Throws `STEP_UNKNOWN`.
 */
export const loadStep = async (
  db: Db,
  opener: Opener,
  { caseId, stepId }: { caseId: string; stepId: string },
  disclosed?: Disclosure,
): Promise<LoadedStep> => {
  const { rows } = await db.query<Omit<LoadedStep, 'form' | 'materials'> & { revision: number; content: Buffer }>({
    name: 'load-step',
    text: `with disclosed as (
        insert into disclosures (case_id, step_id, round, agency, fields, officer)
        select case_id, id, $3, $4, $5, $6 from steps where case_id = $1 and id = $2 and $4::text is not null
        on conflict (case_id, step_id, round, officer) do update set sends = disclosures.sends + 1, last_at = now()
      )
      select case_no as "caseNo", gaps, revision, content
      from steps join cases on cases.id = steps.case_id join dossiers on dossiers.case_id = cases.id
      where steps.case_id = $1 and steps.id = $2 order by revision desc limit 1`,
    values: [
      caseId,
      stepId,
      disclosed?.round ?? null,
      disclosed?.agency ?? null,
      disclosed?.fields ?? null,
      disclosed?.officer ?? null,
    ],
  });
  const [row] = rows;
  if (!row) throw databaseError('STEP_UNKNOWN', `no step ${stepId} in case ${caseId}`);
  const { revision, content, ...step } = dropNulls(row);
  const { form, materials } = openDossier(opener, caseId, revision, content);
  return { ...step, form, materials };
};

export interface DisclosureRow extends Disclosure {
  stepId: string;
  sends: number;
  firstAt: number;
  lastAt: number;
}

export const listDisclosures = async (db: Db, caseId: string): Promise<DisclosureRow[]> => {
  const { rows } = await db.query<DisclosureRow>(
    `select step_id as "stepId", round, agency, officer, fields, sends, first_at as "firstAt", last_at as "lastAt"
    from disclosures where case_id = $1 order by first_at, step_id`,
    [caseId],
  );
  return rows.map(dropNulls);
};
