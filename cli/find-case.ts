import { z } from 'zod';
import { CaseList, CaseView } from '../contract/cases.ts';
import { normaliseNumber } from '../domain/form/normalise.ts';
import { act, call } from './client.ts';
import type { Connection } from './connection.ts';
import { failure, isFailure } from './failure.ts';
import { drawHead, drawStepLine } from './tree.ts';

export const casePath = (caseId: string): string => `/api/v1/cases/${caseId}`;

export const getCase = (connection: Connection, caseId: string): Promise<CaseView> =>
  call(connection, CaseView, 'GET', casePath(caseId));

export const isId = (reference: string): boolean => z.uuid().safeParse(reference).success;

/** The id of a case. Users know case numbers; the paths of the API contain ids. */
export const findCase = async (connection: Connection, reference: string): Promise<string> => {
  if (isId(reference)) return reference;
  const caseNo = readNumber(reference);
  if (caseNo !== undefined) {
    const { cases } = await call(connection, CaseList, 'GET', `/api/v1/cases?text=${caseNo}`);
    const found = cases.find((one) => one.caseNo === caseNo);
    if (found) return found.caseId;
  }
  throw failure(connection.terminal.t('case.unknown', { reference }));
};

/** The number of a case or an order, which users may write with spaces or hyphens. */
export const readNumber = (text: string): string | undefined => {
  const digits = normaliseNumber(text);
  return /^\d{20}$/.test(digits) ? digits : undefined;
};

/**
 * Calls a step unknown that the case does not have. The API answers the same as for a case that the
 * caller may not see.
 */
export const aboutStep = async <T>(
  connection: Connection,
  caseId: string,
  stepId: string,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!isFailure(error) || error.problem !== 'NOT_FOUND') throw error;
    const known = (await getCase(connection, caseId)).steps.map(({ id }) => id);
    if (known.includes(stepId)) throw error;
    throw failure(connection.terminal.t('unknown.step', { name: stepId, known: known.join(', ') }));
  }
};

/** Reads something about a case; `path` follows the path of the case. */
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

/**
 * Sends a command to a case or to one step of it, and prints the new state in one line. `path`
 * follows the path of the case.
 */
export const actOnCase = async (
  connection: Connection,
  reference: string,
  path: string,
  body: Record<string, unknown>,
  stepId?: string,
): Promise<void> => {
  const { terminal } = connection;
  const caseId = await findCase(connection, reference);
  const tell = () => act(connection, z.unknown(), `${casePath(caseId)}/${path}`, body, `case show ${reference}`);
  await (stepId === undefined ? tell() : aboutStep(connection, caseId, stepId, tell));
  if (terminal.quiet) return;
  const view = await getCase(connection, caseId);
  const step = view.steps.find(({ id }) => id === stepId);
  terminal.print(step ? drawStepLine(terminal, step, view.steps) : drawHead(terminal, view));
};
