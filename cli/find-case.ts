import { z } from 'zod';
import { CaseList, CaseView } from '../contract/cases.ts';
import { normaliseNumber } from '../matters/form/normalise.ts';
import { call, language, type Connection } from './client.ts';
import { failure } from './failure.ts';
import { drawCase } from './tree.ts';

export const casePath = (caseId: string): string => `/api/v1/cases/${caseId}`;

export const getCase = (connection: Connection, caseId: string): Promise<CaseView> =>
  call(connection, CaseView, 'GET', casePath(caseId));

/** The id of a case. People have case numbers, the API's paths have ids. */
export const findCase = async (connection: Connection, reference: string): Promise<string> => {
  if (z.uuid().safeParse(reference).success) return reference;
  const number = normaliseNumber(reference);
  const { cases } = await call(connection, CaseList, 'GET', `/api/v1/cases?text=${encodeURIComponent(number)}`);
  const found = cases.find(({ caseNo }) => caseNo === number);
  if (!found) throw failure(`There is no case ${reference}.`);
  return found.caseId;
};

/** Asks about a case (`path` is what follows its own). */
export const askOfCase = async <T>(
  connection: Connection,
  schema: z.ZodType<T>,
  reference: string,
  path: string,
  body?: Record<string, unknown>,
): Promise<T> => {
  const method = body === undefined ? 'GET' : 'POST';
  return call(connection, schema, method, `${casePath(await findCase(connection, reference))}/${path}`, body);
};

/** Does something to a case (`path` is what follows its own) and prints how it stands then. */
export const actOnCase = async (
  connection: Connection,
  reference: string,
  path: string,
  body: Record<string, unknown>,
): Promise<void> => {
  const caseId = await findCase(connection, reference);
  await call(connection, z.unknown(), 'POST', `${casePath(caseId)}/${path}`, body);
  console.log(drawCase(await getCase(connection, caseId), language()).join('\n'));
};
