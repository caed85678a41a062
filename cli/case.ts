import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import { z } from 'zod';
import { SubmittedCase, type CaseView } from '../contract/cases.ts';
import { ClockView } from '../contract/clocks.ts';
import { Timeline, type TimelineEntry } from '../contract/ledger.ts';
import { isCaseEnd } from '../domain/case/status.ts';
import { createInventor, INVENTED_PERSONS } from '../domain/form/invented.ts';
import { addCaseActs } from './case-acts.ts';
import { addCaseList } from './case-list.ts';
import { addCaseReads } from './reads.ts';
import { addCaseResume } from './resume.ts';
import { call } from './client.ts';
import { drawClocks } from './clock-page.ts';
import { findConnection, type Connection } from './connection.ts';
import { isFailure } from './failure.ts';
import { readObject } from './files.ts';
import { aboutStep, casePath, findCase, getCase } from './find-case.ts';
import { followCase } from './follow.ts';
import { gather, outputOption, show, type OutputOptions } from './output.ts';
import { createScreen } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { drawCase } from './tree.ts';
import { drawActor, type Pen } from './words.ts';

interface StartOptions {
  watch?: true;
  invent?: true;
  override?: string;
  confirm?: string;
}

/** Commands of windows, and commands that show a case. */
export const caseCommands = (terminal: Terminal): Command => {
  const { t, print, language } = terminal;
  const command = new Command('case').description(t('help.case'));
  command
    .command('start')
    .description(t('help.case.start'))
    .argument('<file>', t('help.case.start.file'))
    .option('--watch', t('help.case.start.watch'))
    .option('--invent', t('help.case.start.invent'))
    .option('--override <reason>', t('help.case.start.override'))
    .option('--confirm <reason>', t('help.case.start.confirm'))
    .action(async (file: string, { watch, invent, override, confirm }: StartOptions) => {
      const connection = findConnection(terminal);
      const request = {
        ...readSample(terminal, file, invent),
        ...(override !== undefined && { overrideDuplicates: { reason: override } }),
      };
      const submitted = await startCase(connection, request, confirm);
      const { caseId, caseNo, queryCode, warnings = [] } = submitted;
      print(t('case.started', { caseNo, queryCode, caseId }));
      for (const { code, message } of warnings) print(`!  ${message[language]} (${code})`);
      if (watch) await watchCase(connection, caseId);
    });
  addCaseList(command, terminal);
  command
    .command('show')
    .description(t('help.case.show'))
    .argument('<case>', t('help.caseRef'))
    .addOption(outputOption(terminal))
    .action(async (reference: string, { output }: OutputOptions) => {
      const connection = findConnection(terminal);
      const view: CaseView = await getCase(connection, await findCase(connection, reference));
      show(terminal, output, view, () => drawCase(terminal, view));
    });
  command
    .command('clock')
    .description(t('help.case.clock'))
    .argument('<case>', t('help.caseRef'))
    .option('--step <id>', t('help.case.clock.step'))
    .addOption(outputOption(terminal))
    .action(async (reference: string, { step, output }: OutputOptions & { step?: string }) => {
      const connection = findConnection(terminal);
      const caseId = await findCase(connection, reference);
      const path = `${casePath(caseId)}/clock`;
      const view =
        step === undefined
          ? await call(connection, ClockView, 'GET', path)
          : await aboutStep(connection, caseId, step, () =>
              call(connection, ClockView, 'GET', `${path}?step=${encodeURIComponent(step)}`),
            );
      show(terminal, output, view, () => drawClocks(terminal, view));
    });
  command
    .command('ledger')
    .description(t('help.case.ledger'))
    .argument('<case>', t('help.caseRef'))
    .addOption(outputOption(terminal))
    .action(async (reference: string, { output }: OutputOptions) => {
      const connection = findConnection(terminal);
      const path = `${casePath(await findCase(connection, reference))}/ledger`;
      const { rows: entries } = await gather(Number.MAX_SAFE_INTEGER, 500, async (page) => {
        const query = new URLSearchParams(page).toString();
        const { entries: rows, nextCursor } = await call(connection, Timeline, 'GET', `${path}?${query}`);
        return { rows, nextCursor };
      });
      show(terminal, output, { entries }, (wide) => entries.map((entry) => drawEntry(terminal, entry, wide)));
    });
  command
    .command('watch')
    .description(t('help.case.watch'))
    .argument('<case>', t('help.caseRef'))
    .action(async (reference: string) => {
      const connection = findConnection(terminal);
      await watchCase(connection, await findCase(connection, reference));
    });
  addCaseActs(command, terminal);
  addCaseResume(command, terminal);
  addCaseReads(command, terminal);
  return command;
};

/**
 * Starts the case. With a reason to confirm, the warnings that the API answers with are shown and
 * confirmed.
 */
const startCase = async (
  connection: Connection,
  request: Record<string, unknown>,
  reason: string | undefined,
): Promise<SubmittedCase> => {
  const start = (body: unknown) => call(connection, SubmittedCase, 'POST', '/api/v1/cases', body);
  const { t, remark } = connection.terminal;
  try {
    return await start(request);
  } catch (error) {
    if (reason === undefined || !isFailure(error) || error.problem !== 'FORM_UNCONFIRMED') throw error;
    const { warnings = [] } = error;
    for (const { path, message } of warnings) remark(t('case.confirmed', { path, message }));
    const confirmed = warnings.map(({ path, rule }) => ({ field: path, rule, reason }));
    const given: unknown[] = Array.isArray(request['confirm']) ? request['confirm'] : [];
    return start({ ...request, confirm: [...given, ...confirmed] });
  }
};

/** One ledger entry: when, what, which step, by whom, why. */
const drawEntry = (
  pen: Pen,
  { seq, at, kind, what, step, by, reason, details }: TimelineEntry,
  wide: boolean,
): string =>
  [
    String(seq).padStart(4),
    localTime(at),
    what[pen.language],
    ...(step ? [`${step.name[pen.language]} (${step.id})`] : []),
    ...(by ? [drawActor(pen, by)] : []),
    ...(reason === undefined ? [] : [reason]),
    ...(wide ? [kind, JSON.stringify(details)] : []),
  ].join('  ');

const watchCase = async (connection: Connection, caseId: string): Promise<void> => {
  const { terminal } = connection;
  const screen = createScreen(terminal.stdout);
  await followCase(connection, caseId, async () => {
    const view = await getCase(connection, caseId);
    screen.draw(drawCase(terminal, view));
    return isCaseEnd(view.status);
  });
};

const Body = z.record(z.string(), z.unknown());
/** The body of a request, or a sample of the catalog, which has the body under `request`. */
const Sample = z.union([z.object({ request: Body }).transform(({ request }) => request), Body]);

const readSample = (terminal: Terminal, file: string, invent = false): Record<string, unknown> =>
  Sample.parse(readObject(terminal, file, invent ? createInventor(randomInt(INVENTED_PERSONS)) : undefined));
