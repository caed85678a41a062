import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { SubmittedCase, WithdrawalConfirmation, WithdrawalPreview } from '../api/contract.ts';
import { ChangePreview } from '../api/contracts/supplements.ts';
import { ClockView } from '../api/contracts/clocks.ts';
import { isCaseEnd } from '../matters/engine/status.ts';
import { createInventor, INVENTED_PERSONS } from '../sandbox/invented.ts';
import { call, findConnection, language, type Connection } from './client.ts';
import { drawClocks } from './clock-page.ts';
import { failure } from './failure.ts';
import { actOnCase, askOfCase, findCase, getCase } from './find-case.ts';
import { followCase } from './follow.ts';
import { drawConfirmation, drawPreview } from './previews.ts';
import { createScreen } from './screen.ts';
import { drawCase } from './tree.ts';

export const caseCommands = (): Command => {
  const command = new Command('case').description('start, look at, watch and withdraw cases');
  command
    .command('start')
    .description('starts a case from a file: a sample (catalog/<matter>/samples), or the body of POST /api/v1/cases')
    .argument('<file>')
    .option('--watch', 'then draw its steps until it ends', false)
    .option('--invent', 'with other invented persons, so that it is no duplicate of the last one', false)
    .option('--override <reason>', 'although there are cases like it (409 DUPLICATE_CASE); why')
    .action(async (file: string, { watch, invent, override }: StartOptions) => {
      const connection = findConnection();
      const request = {
        ...readSample(file, invent),
        ...(override !== undefined && { overrideDuplicates: { reason: override } }),
      };
      const started = await call(connection, SubmittedCase, 'POST', '/api/v1/cases', request);
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
    .command('clock')
    .description(
      'explains when a case, its items and its steps are due: days counted and skipped, notices, pauses, who held them',
    )
    .argument('<case>', 'its id or its number')
    .option('--step <id>', 'day by day for this step')
    .option('--json', 'as the API gives it', false)
    .action(async (reference: string, { step, json }: { step?: string; json: boolean }) => {
      const connection = findConnection();
      const caseId = await findCase(connection, reference);
      const query = step === undefined ? '' : `?step=${encodeURIComponent(step)}`;
      const view = await call(connection, ClockView, 'GET', `/api/v1/cases/${caseId}/clock${query}`);
      console.log(json ? JSON.stringify(view, undefined, 2) : drawClocks(view, language()).join('\n'));
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
    .option('--reason <text>', 'why, in the words of the applicant')
    .option('--preview', 'only says what would become of each step', false)
    .option('--confirmation', 'prints the confirmation of a withdrawal that was made', false)
    .action(async (reference: string, { reason, preview, confirmation }: WithdrawOptions) => {
      const connection = findConnection();
      if (preview) {
        const view = await askOfCase(connection, WithdrawalPreview, reference, 'withdrawal');
        console.log(drawPreview(view, language()).join('\n'));
      } else if (confirmation) {
        const paper = await askOfCase(connection, WithdrawalConfirmation, reference, 'withdrawal/confirmation');
        console.log(drawConfirmation(paper, language()).join('\n'));
      } else if (reason === undefined) {
        throw failure('A withdrawal needs a reason: --reason <text>.');
      } else {
        await actOnCase(connection, reference, 'withdrawal', { reason });
      }
    });
  command
    .command('terminate')
    .description('ends a case that cannot go on: what was granted stands, the rest goes back')
    .argument('<case>', 'its id or its number')
    .requiredOption('--reason <text>', 'why')
    .action((reference: string, body: { reason: string }) =>
      actOnCase(findConnection('supervisor'), reference, 'termination', body),
    );
  command
    .command('ask')
    .description(
      'asks the applicant for what the window finds missing (补正), from a file: { items: [{ field or material, reason }] }',
    )
    .argument('<case>', 'its id or its number')
    .argument('<file>')
    .action((reference: string, file: string) =>
      actOnCase(findConnection(), reference, 'supplements', readObject(file)),
    );
  command
    .command('answer')
    .description('answers a notice of what is missing, from a file: { changes, materials }')
    .argument('<case>', 'its id or its number')
    .argument('<notice>', 'its number in the case')
    .argument('<file>')
    .option('--preview', 'only says what would become of each step', false)
    .action((reference: string, notice: string, file: string, { preview }: { preview: boolean }) =>
      change(reference, `supplements/${encodeURIComponent(notice)}/answer`, readObject(file), preview),
    );
  command
    .command('fill')
    .description('hands in materials that were accepted to follow (容缺)')
    .argument('<case>', 'its id or its number')
    .argument('<material...>', 'their ids')
    .action((reference: string, materials: string[]) =>
      actOnCase(findConnection(), reference, 'pledge/materials', { materials: materials.map((id) => ({ id })) }),
    );
  command
    .command('correct')
    .description('corrects values of the form, also after the end, from a file: { changes, reason }')
    .argument('<case>', 'its id or its number')
    .argument('<file>')
    .option('--preview', 'only says what would become of each step', false)
    .action((reference: string, file: string, { preview }: { preview: boolean }) => {
      const { reason, ...changes } = readObject(file);
      return change(reference, 'corrections', preview ? changes : { ...changes, reason }, preview);
    });
  return command;
};

/** Changes what was handed in, or says what that would do to each step. */
const change = async (
  reference: string,
  path: string,
  body: Record<string, unknown>,
  preview: boolean,
): Promise<void> => {
  const connection = findConnection();
  if (!preview) return actOnCase(connection, reference, path, body);
  const view = await askOfCase(connection, ChangePreview, reference, `${path}/preview`, body);
  console.log(drawPreview(view, language()).join('\n'));
};

interface WithdrawOptions {
  reason?: string;
  preview: boolean;
  confirmation: boolean;
}

interface StartOptions {
  watch: boolean;
  invent: boolean;
  override?: string;
}

const watchCase = async (connection: Connection, caseId: string): Promise<void> => {
  const screen = createScreen(process.stdout);
  await followCase(connection, caseId, async () => {
    const view = await getCase(connection, caseId);
    screen.draw(drawCase(view, language()));
    return isCaseEnd(view.status);
  });
};

const Body = z.record(z.string(), z.unknown());
/** The body of a request, or a sample of the catalog, which has it under `request`. */
const Sample = z.union([z.object({ request: Body }).transform(({ request }) => request), Body]);

const readSample = (file: string, invent: boolean): Record<string, unknown> => {
  const content = invent ? createInventor(randomInt(INVENTED_PERSONS)) : (text: string) => text;
  const sample = Sample.safeParse(readJson(file, content));
  if (!sample.success) throw failure(`${file} does not hold an object`);
  return sample.data;
};

const readObject = (file: string): Record<string, unknown> => {
  const content = Body.safeParse(readJson(file));
  if (!content.success) throw failure(`${file} does not hold an object`);
  return content.data;
};

const readJson = (file: string, change = (text: string) => text): unknown => {
  try {
    return JSON.parse(change(readFileSync(file, 'utf8')));
  } catch (error) {
    throw failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};
