import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CaseView } from '../../contract/cases.ts';
import { run } from '../../cli/run.ts';
import { createTerminal, type Environment, type Language, type Output } from '../../cli/terminal.ts';
import type { Pen } from '../../cli/words.ts';

/**
 * The command line in this process: takes the arguments, returns the output and the exit code.
 */

export interface CommandResult {
  code: number;
  out: string;
  err: string;
}

interface Options {
  env?: Environment;
  /** Ends `--watch`. */
  signal?: AbortSignal;
  /** Properties of the streams. */
  terminal?: Pick<Output, 'isTTY' | 'columns' | 'rows'>;
}

/** Runs one command with only the given environment. */
export const runCli = async (
  args: readonly string[],
  { env = {}, signal, terminal }: Options = {},
): Promise<CommandResult> => {
  const written = { out: '', err: '' };
  const output = (to: 'out' | 'err'): Output => ({
    ...terminal,
    write: (chunk) => {
      written[to] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    },
  });
  const code = await run(args, { stdout: output('out'), stderr: output('err'), env, ...(signal && { signal }) });
  return { code, ...written };
};

/** A pen without colours for the drawing functions. */
export const penIn = (language: Language): Pen => {
  const nowhere: Output = { write: () => true };
  return createTerminal(['--lang', language], { stdout: nowhere, stderr: nowhere, env: {} });
};

type Handler = (request: IncomingMessage, response: ServerResponse, body: unknown) => void;

/** An API that answers with `handler`, and the environment for the CLI to reach it. */
export const startApi = async (handler: Handler): Promise<{ env: Environment; server: Server }> => {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => handler(request, response, text === '' ? undefined : JSON.parse(text)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, env: { ONE_MATTER_API: `http://127.0.0.1:${port}`, ONE_MATTER_TOKEN: 'om_test' } };
};

export const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

export const CASE_ID = '0193f1a0-0000-7000-8000-000000000001';
export const CASE_NO = '33041120241120000018';

export const caseView = (more: Partial<CaseView> = {}): CaseView => ({
  caseId: CASE_ID,
  caseNo: CASE_NO,
  matter: { code: 'newborn-registration', version: 1, name: { zh: '出生一件事', en: 'Newborn' } },
  region: '330411',
  channel: 'window',
  status: 'accepted',
  notices: [],
  confirmations: [],
  lastDays: [],
  refusals: [],
  lapses: [],
  dues: [],
  light: 'green',
  submittedAt: '2024-11-20T01:00:00.000Z',
  provisional: false,
  statutoryProvisional: false,
  items: [],
  steps: [],
  disclosures: [],
  actions: [],
  ledgerSeq: 1,
  ...more,
});
