import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Text } from '../matters/definition/schema.ts';
import { failure } from './failure.ts';

/** Where the API is and who we are there. */
export interface Connection {
  api: string;
  token: string;
}

/** What the CLI reads of the file that a sandbox writes. */
const Sandbox = z.object({
  api: z.string(),
  postgres: z.string(),
  tokens: z.object({
    clerk: z.string(),
    supervisor: z.string(),
    admin: z.string(),
    officer: z.record(z.string(), z.string()),
  }),
});

/** The sandbox of `ONE_MATTER_HOME`; undefined: none was started there. */
export const findSandbox = (): z.infer<typeof Sandbox> | undefined => {
  const file = join(process.env['ONE_MATTER_HOME'] ?? '.one-matter', 'sandbox.json');
  return existsSync(file) ? Sandbox.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
};

/** `ONE_MATTER_API` and `ONE_MATTER_TOKEN`, or somebody of the sandbox; its officers are told apart by their agency. */
export const findConnection = (
  role: 'clerk' | 'supervisor' | 'admin' | 'officer' = 'clerk',
  agency?: string,
): Connection => {
  const sandbox = findSandbox();
  const api = process.env['ONE_MATTER_API'] ?? sandbox?.api;
  const ours = role === 'officer' ? sandbox?.tokens.officer[agency ?? ''] : sandbox?.tokens[role];
  const token = process.env['ONE_MATTER_TOKEN'] ?? ours;
  if (sandbox && api !== undefined && token === undefined) {
    throw failure(`Which officer? Name the agency (--agency): ${Object.keys(sandbox.tokens.officer).join(', ')}`);
  }
  if (api === undefined || token === undefined) {
    throw failure('No API known. Start one with: npm start\nOr set ONE_MATTER_API and ONE_MATTER_TOKEN.');
  }
  return { api, token };
};

/** What we show of a problem (api/problems.ts). */
const Problem = z.object({
  title: z.string(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
  duplicates: z
    .array(z.object({ message: z.object({ zh: z.string(), en: z.string() }), caseNo: z.string().optional() }))
    .default([]),
  /** Who has a task, or to whom it was given; who decided first. */
  claimedBy: z.string().optional(),
  claimedAt: z.string().optional(),
  officer: z.string().optional(),
  first: z.object({ decision: z.string(), by: z.object({ id: z.string() }), at: z.string() }).optional(),
});

/**
 * One call of the API, its answer read by `answer`. What the API refuses becomes an error with its code and, for a form, each
 * wrong field. Every POST has an idempotency key of its own.
 */
export const call = async <T>(
  connection: Connection,
  answer: z.ZodType<T>,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<T> => {
  const response = await send(connection, method, path, body);
  return answer.parse(await response.json().catch(() => undefined));
};

/** The same with the answer as it comes: for a file. */
export const send = async (
  { api, token }: Connection,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Response> => {
  const response = await reach(api, path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'accept-language': language(),
      ...(method === 'POST' && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw failure(describe(response.status, await response.json().catch(() => undefined)));
  return response;
};

/** A request to the API. When nothing answers, the error says how to start it. */
export const reach = async (api: string, path: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(new URL(path, api), init);
  } catch {
    throw failure(`Nothing answers at ${api}. Start it with: npm start`);
  }
};

/** The language of the terminal. */
export const language = (): keyof Text =>
  /^zh/i.test(process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG'] ?? '') ? 'zh' : 'en';

const describe = (status: number, content: unknown): string => {
  const problem = Problem.safeParse(content);
  if (!problem.success) return `The API answered ${status}.`;
  const { title, code, errors, duplicates, claimedBy, claimedAt, officer, first } = problem.data;
  return [
    `${title} (${code})`,
    ...errors.map(({ path, message }) => `  ${path}: ${message}`),
    ...(claimedBy === undefined ? [] : [`  taken by ${claimedBy} at ${claimedAt}`]),
    ...(officer === undefined ? [] : [`  given to ${officer}`]),
    ...(first ? [`  ${first.decision} by ${first.by.id} at ${first.at}`] : []),
    ...duplicates.map(({ message, caseNo }) => `  ${message[language()]}${caseNo === undefined ? '' : `: ${caseNo}`}`),
  ].join('\n');
};
