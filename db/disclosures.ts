import type { Papers } from '../matters/form/papers.ts';
import { openDossier } from './dossiers.ts';
import type { Cipher } from './personal-data.ts';
import { databaseError, type Db } from './pool.ts';
import { present } from './rows.ts';

/** All that a message to an agency is made from. Personal: it goes no further than the part that the step discloses. */
export interface LoadedStep extends Papers {
  caseNo: string;
  matter: string;
  version: number;
  region: string;
  agency: string;
  /** The step's id in the definition, and the list item (1-based) where it is one of several. */
  definition: string;
  item?: number;
  submittedAt: number;
  promisedAt?: number;
}

/** Throws `STEP_UNKNOWN`. */
export const loadStep = async (db: Db, cipher: Cipher, caseId: string, stepId: string): Promise<LoadedStep> => {
  const { rows } = await db.query<Omit<LoadedStep, 'form' | 'materials'> & { revision: number; content: Buffer }>({
    name: 'load-step',
    text: `select case_no as "caseNo", matter, version, region, agency, definition, item, submitted_at as "submittedAt",
        steps.promised_at as "promisedAt", gaps, revision, content
      from steps join cases on cases.id = steps.case_id join dossiers on dossiers.case_id = cases.id
      where steps.case_id = $1 and steps.id = $2 order by revision desc limit 1`,
    values: [caseId, stepId],
  });
  const [row] = rows;
  if (!row) throw databaseError('STEP_UNKNOWN', `no step ${stepId} in case ${caseId}`);
  const { revision, content, ...step } = present(row);
  const { form, materials } = openDossier(cipher, caseId, revision, content);
  return { ...step, form, materials };
};

export interface NewDisclosure {
  caseId: string;
  stepId: string;
  round: number;
  agency: string;
  /** Field paths, never values. */
  fields: readonly string[];
}

/** Records, before each attempt, what is about to be sent: an attempt whose reply is lost has disclosed too. */
export const recordDisclosure = async (
  db: Db,
  { caseId, stepId, round, agency, fields }: NewDisclosure,
): Promise<void> => {
  await db.query({
    name: 'record-disclosure',
    text: `insert into disclosures (case_id, step_id, round, agency, fields) values ($1, $2, $3, $4, $5)
      on conflict (case_id, step_id, round) do update set sends = disclosures.sends + 1, last_at = now()`,
    values: [caseId, stepId, round, agency, fields],
  });
};

export interface DisclosureRow extends Omit<NewDisclosure, 'caseId'> {
  sends: number;
  firstAt: number;
  lastAt: number;
}

export const listDisclosures = async (db: Db, caseId: string): Promise<DisclosureRow[]> => {
  const { rows } = await db.query<DisclosureRow>(
    `select step_id as "stepId", round, agency, fields, sends, first_at as "firstAt", last_at as "lastAt"
    from disclosures where case_id = $1 order by first_at, step_id`,
    [caseId],
  );
  return rows;
};
