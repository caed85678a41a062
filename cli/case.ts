import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { CaseList, CaseView, SubmittedCase } from '../api/contract.ts';
import { isCaseEnd } from '../matters/engine/status.ts';
import { call, findConnection, language, type Connection } from './client.ts';
import { failure } from './failure.ts';
import { followCase } from './follow.ts';
import { createScreen } from './screen.ts';
import { drawCase } from './tree.ts';

export const caseCommands = (): Command => {
  const command = new Command('case').description('start, look at, watch and withdraw cases');
  command
    .command('start')
    .description('starts a case from a file: a sample (matters/samples), or the body of POST /api/v1/cases')
    .argument('<file>')
    .option('--watch', 'then draw its steps until it ends', false)
    .action(async (file: string, { watch }: { watch: boolean }) => {
      const connection = findConnection();
      const started = await call(connection, SubmittedCase, 'POST', '/api/v1/cases', readSample(file));
      console.log(`case ${started.caseNo}, query code ${started.queryCode}, id ${started.caseId}`);
      if (watch) await watchCase(connection, started.caseId);
    });
  command
    .command('show')
    .description('prints a case and its steps')
    .argument('<case>', 'its id or its number')
    .option('--json', 'as the API gives it', false)
    .action(async (reference: string, { json }: { json: boolean }) => {
      const connection = findConnection();
      const view = await getCase(connection, await findCase(connection, reference));
      console.log(json ? JSON.stringify(view, undefined, 2) : drawCase(view, language()).join('\n'));
    });
  command
    .command('watch')
    .description('draws the steps of a case as they change, until it ends')
    .argument('<case>', 'its id or its number')
    .action(async (reference: string) => {
      const connection = findConnection();
      await watchCase(connection, await findCase(connection, reference));
    });
  command
    .command('withdraw')
    .description('withdraws a case: what runs is stopped, what was done is undone in reverse where that can be')
    .argument('<case>', 'its id or its number')
    .requiredOption('--reason <text>', 'why, in the words of the applicant')
    .action(async (reference: string, { reason }: { reason: string }) => {
      const connection = findConnection();
      const caseId = await findCase(connection, reference);
      await call(connection, z.unknown(), 'POST', `${casePath(caseId)}/withdrawal`, { reason });
      console.log(drawCase(await getCase(connection, caseId), language()).join('\n'));
    });
  return command;
};

const watchCase = async (connection: Connection, caseId: string): Promise<void> => {
  const screen = createScreen(process.stdout);
  await followCase(connection, caseId, async () => {
    const view = await getCase(connection, caseId);
    screen.draw(drawCase(view, language()));
    return isCaseEnd(view.status);
  });
};

const casePath = (caseId: string): string => `/api/v1/cases/${caseId}`;

const getCase = (connection: Connection, caseId: string): Promise<CaseView> =>
  call(connection, CaseView, 'GET', casePath(caseId));

/** People have case numbers, the API's paths have ids. */
const findCase = async (connection: Connection, reference: string): Promise<string> => {
  if (z.uuid().safeParse(reference).success) return reference;
  const { cases } = await call(connection, CaseList, 'GET', `/api/v1/cases?text=${encodeURIComponent(reference)}`);
  const found = cases.find(({ caseNo }) => caseNo === reference);
  if (!found) throw failure(`There is no case ${reference}.`);
  return found.caseId;
};

/** The body of a request, or a sample (matters/samples), which has it under `request`. */
const Sample = z.union([z.object({ request: z.unknown() }).transform(({ request }) => request), z.unknown()]);

const readSample = (file: string): unknown => {
  try {
    return Sample.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};
