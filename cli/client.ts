import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Connection } from './connection.ts';
import { EXIT, failure } from './failure.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { wordOf } from './words.ts';

const Warning = z.object({ path: z.string(), rule: z.string(), message: z.string() });

/** Who decided about an answer of the review queue. */
const Settled = z.object({ by: z.object({ id: z.string() }), at: z.string(), reason: z.string().optional() });

/** The parts of a problem (api/http/problems.ts) that are shown. */
const Problem = z.object({
  title: z.string(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
  warnings: z.array(Warning).default([]),
  duplicates: z
    .array(z.object({ message: z.object({ zh: z.string(), en: z.string() }), caseNo: z.string().optional() }))
    .default([]),
  /** Further errors or duplicates that the API left out. */
  omitted: z.int().optional(),
  /** The claim or assignment of a task, and the first decision. */
  claimedBy: z.string().optional(),
  claimedAt: z.string().optional(),
  officer: z.string().optional(),
  first: z.object({ decision: z.string(), by: z.object({ id: z.string() }), at: z.string() }).optional(),
  settled: Settled.optional(),
  allowed: z.array(z.string()).optional(),
});

/**
 * Calls the API and parses the response with `answer`. A refusal becomes an error with its code
 * and, for a form, each invalid field. Every POST has a new idempotency key.
 */
export const call = async <T>(
  connection: Connection,
  answer: z.ZodType<T>,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<T> => readAnswer(connection, answer, await send(connection, method, path, body));

const readAnswer = async <T>({ api, terminal }: Connection, answer: z.ZodType<T>, response: Response): Promise<T> => {
  const read = answer.safeParse(await response.json().catch(() => undefined));
  if (!read.success) throw failure(terminal.t('api.otherAnswer', { api }));
  return read.data;
};

const Recorded = z.object({ messageId: z.string() });

/**
 * Sends a command to a case and returns the response. If the API has only recorded it (202),
 * because no worker runs the case, this fails with a separate exit code. `later` is the command to
 * look at it.
 */
export const act = async <T>(
  connection: Connection,
  answer: z.ZodType<T>,
  path: string,
  body: unknown,
  later: string,
): Promise<T> => {
  const response = await send(connection, 'POST', path, body);
  if (response.status !== 202) return readAnswer(connection, answer, response);
  const { messageId } = await readAnswer(connection, Recorded, response);
  throw failure(connection.terminal.t('api.recorded', { messageId, later }), EXIT.recorded);
};

/** The same with the raw response, for a file. */
export const send = async (
  connection: Connection,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Response> => {
  const { token, terminal } = connection;
  const response = await reach(connection, path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'accept-language': terminal.language,
      ...(method === 'POST' && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw refusalError(terminal, response.status, await response.json().catch(() => undefined));
  return response;
};

/**
 * A request to the API. If nothing answers, the error names the source of the address and a remedy.
 */
export const reach = async (
  { api, hint, terminal }: Pick<Connection, 'api' | 'hint' | 'terminal'>,
  path: string,
  init: RequestInit,
): Promise<Response> => {
  if (!URL.canParse(path, api)) throw failure(`${terminal.t('api.noAddress', { api })} ${hint}`);
  try {
    return await fetchOrLose(new URL(path, api), init);
  } catch {
    throw failure(`${terminal.t('api.silent', { api })} ${hint}`);
  }
};

/**
 * `fetch` of Node 20 never settles when the other side closes a new connection at once, as the port
 * of a container without its process does. Then the program would end with nothing done and exit
 * code 0: when nothing else is left to wait for, the request has failed.
 */
const fetchOrLose = (url: URL, init: RequestInit): Promise<Response> =>
  new Promise((resolve, reject) => {
    const lose = (): void => reject(new Error('the connection was closed'));
    process.once('beforeExit', lose);
    void fetch(url, init)
      .then(resolve, reject)
      .finally(() => process.off('beforeExit', lose));
  });

const refusalError = (terminal: Terminal, status: number, content: unknown): Error => {
  const { language, t } = terminal;
  const problem = Problem.safeParse(content);
  if (!problem.success) return failure(t('api.status', { status }));
  const { title, code, errors, warnings, duplicates, omitted, claimedBy, claimedAt, officer, first, settled, allowed } =
    problem.data;
  const since = claimedAt === undefined ? '' : localTime(claimedAt);
  const lines = [
    `${title} (${code})`,
    ...errors.map(({ path, message }) => `  ${path}: ${message}`),
    ...warnings.map(({ path, message }) => `  ${t('problem.warning')} ${path}: ${message}`),
    ...(claimedBy === undefined ? [] : [`  ${t('problem.takenBy', { account: claimedBy, at: since })}`]),
    ...(officer === undefined ? [] : [`  ${t('problem.givenTo', { account: officer })}`]),
    ...(first ? [`  ${firstDecision(terminal, first)}`] : []),
    ...(settled ? [`  ${describeSettled(terminal, settled)}`] : []),
    ...duplicates.map(({ message, caseNo }) => `  ${message[language]}${caseNo === undefined ? '' : `: ${caseNo}`}`),
    ...(omitted === undefined ? [] : [`  ${t('problem.omitted', { count: omitted })}`]),
    ...(allowed === undefined ? [] : [`  ${describeActions(terminal, allowed)}`]),
  ];
  return Object.assign(failure(lines.join('\n'), EXIT.notDone, code), { warnings });
};

const firstDecision = (
  terminal: Terminal,
  { decision, by, at }: NonNullable<z.infer<typeof Problem>['first']>,
): string =>
  terminal.t('problem.first', { decision: wordOf(terminal, 'decision', decision), account: by.id, at: localTime(at) });

export const describeSettled = ({ t }: Pick<Terminal, 't'>, { by, at, reason }: z.infer<typeof Settled>): string =>
  `${t('problem.settled', { account: by.id, at: localTime(at) })}${reason === undefined ? '' : `: ${reason}`}`;

/** The actions that are possible now, by the names of the commands. */
export const describeActions = ({ t }: Pick<Terminal, 't'>, actions: readonly string[]): string =>
  t('possibleNow', { actions: actions.join(', ') || t('nothing') });
