import { areHandedIn, type HandedInMaterial } from '../../domain/form/papers.ts';
import { isForm, type Form } from '../../domain/matter/values.ts';
import type { Opener, Sealer } from '../sql/sealing.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { onlyRow } from '../sql/rows.ts';

/** The form and the materials of the newest revision. */
export interface Dossier {
  revision: number;
  form: Form;
  materials: HandedInMaterial[];
}

/** Binds a sealed dossier to its case and revision: in another row it does not open. */
export const dossierContext = (caseId: string, revision: number): string => `dossier:${caseId}:${revision}`;

/** The number of materials that the applicant brought, without shared data and reused photos. */
export const countHandedIn = (materials: unknown): number =>
  Array.isArray(materials) ? materials.filter((one) => !NOT_BROUGHT.includes(sourceOf(one))).length : 0;

const NOT_BROUGHT: unknown[] = ['sharing', 'photo'];
const sourceOf = (material: unknown): unknown =>
  typeof material === 'object' && material !== null && 'source' in material ? material.source : undefined;

/** Opens the content of `dossiers.content`. */
export const openDossier = (opener: Opener, caseId: string, revision: number, content: Buffer): Dossier => {
  const opened = opener.open(content, dossierContext(caseId, revision));
  if (typeof opened !== 'object' || opened === null || !('form' in opened) || !isForm(opened.form)) {
    throw databaseError('SEALED_UNREADABLE', `dossier ${revision} of case ${caseId} has no form`);
  }
  const materials = 'materials' in opened && areHandedIn(opened.materials) ? opened.materials : [];
  return { revision, form: opened.form, materials };
};

/** The newest revision. Throws `CASE_UNKNOWN`. */
export const getDossier = async (db: Db, opener: Opener, caseId: string): Promise<Dossier> => {
  const { rows } = await db.query<{ revision: number; content: Buffer }>({
    name: 'get-dossier',
    text: 'select revision, content from dossiers where case_id = $1 order by revision desc limit 1',
    values: [caseId],
  });
  const [row] = rows;
  if (!row) throw databaseError('CASE_UNKNOWN', `no dossier of case ${caseId}`);
  return openDossier(opener, caseId, row.revision, row.content);
};

/** The newest revisions of several cases, by case. */
export const readDossiers = async (
  db: Db,
  openerOf: (caseId: string) => Opener,
  caseIds: readonly string[],
): Promise<Map<string, Dossier>> => {
  const { rows } = await db.query<{ caseId: string; revision: number; content: Buffer }>(
    `select distinct on (case_id) case_id as "caseId", revision, content from dossiers
    where case_id = any($1) order by case_id, revision desc`,
    [caseIds],
  );
  return new Map(
    rows.map(({ caseId, revision, content }) => [caseId, openDossier(openerOf(caseId), caseId, revision, content)]),
  );
};

/**
 * Adds the revision after `previous` and returns its number. Of two at once the second violates the
 * primary key (`isUniqueViolation`); it must read again what the first has changed.
 */
export const addDossierRevision = async (
  client: Db,
  cipher: Sealer,
  {
    caseId,
    previous,
    form,
    materials,
  }: { caseId: string; previous: number; form: unknown; materials: readonly HandedInMaterial[] },
): Promise<number> => {
  const revision = previous + 1;
  const content = cipher.seal({ form, materials }, dossierContext(caseId, revision));
  const { rows } = await client.query<{ revision: number }>(
    'insert into dossiers (case_id, revision, content, handed_in) values ($1, $2, $3, $4) returning revision',
    [caseId, revision, content, countHandedIn(materials)],
  );
  return onlyRow(rows).revision;
};
