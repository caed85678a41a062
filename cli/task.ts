import { Command, Option } from 'commander';
import { z } from 'zod';
import { MessageOutcome } from '../contract/messages.ts';
import { DecisionKind } from '../contract/values.ts';
import { DecisionList, DraftView, TaskClaim, TaskDetail, TaskList, type Task } from '../contract/tasks.ts';
import { act, call, send } from './client.ts';
import { findConnection, type Connection } from './connection.ts';
import { failure } from './failure.ts';
import { readObject } from './files.ts';
import { limitOption, queryOf, readPair, repeatable } from './options.ts';
import { resultOf, paymentOptions, type PaymentOptions } from './payment-options.ts';
import {
  drawFields,
  drawTable,
  gather,
  jsonLines,
  outputOption,
  show,
  showList,
  watchOption,
  type Column,
  type OutputOptions,
} from './output.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { drawLastDay } from './tree.ts';
import { styleOfLight, wordOf, type Pen } from './words.ts';

interface OfficerOptions {
  agency?: string;
}

/** Which tasks of the list. */
interface Which {
  mine?: true;
  free?: true;
  limit: number;
}

type Decision = DecisionList['decisions'][number];

interface DecideOptions extends OfficerOptions, PaymentOptions {
  reason?: string;
  ground?: string;
  basis?: string;
  result?: string[];
  field?: string[];
  material?: string[];
  file?: string;
}

/** Commands of officers for the tasks of their agency. */
export const taskCommands = (terminal: Terminal): Command => {
  const { t, print, remark } = terminal;
  const command = new Command('task').description(t('help.task'));
  const add = (name: string, description: string): Command =>
    command.command(name).description(description).option('--agency <id>', t('help.asOfficer'));
  const about = (name: string, description: string): Command =>
    add(name, description).argument('<task>', t('help.taskRef'));
  const connect = ({ agency }: OfficerOptions): Connection => findConnection(terminal, 'officer', agency);

  add('list', t('help.task.list'))
    .option('--mine', t('help.task.list.mine'))
    .option('--free', t('help.task.list.free'))
    .addOption(limitOption(terminal))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((options: OfficerOptions & OutputOptions & Which) =>
      showList(
        terminal,
        options,
        () => loadTasks(connect(options), options),
        ({ tasks, more }, wide) => [
          ...(tasks.length === 0 ? [t('task.none')] : drawTable(terminal, columnsOf(terminal), tasks, wide)),
          ...(more ? [t('andMore')] : []),
        ],
      ),
    );

  add('decided', t('help.task.decided'))
    .addOption(limitOption(terminal))
    .addOption(outputOption(terminal))
    .action((options: OfficerOptions & OutputOptions & { limit: number }) =>
      showList(
        terminal,
        options,
        () => loadDecisions(connect(options), options.limit),
        ({ decisions, more }, wide) => [
          ...(decisions.length === 0
            ? [t('task.noneDecided')]
            : drawTable(terminal, decisionColumns(terminal), decisions, wide)),
          ...(more ? [t('andMore')] : []),
        ],
      ),
    );

  about('show', t('help.task.show'))
    .addOption(outputOption(terminal))
    .action(async (task: string, options: OfficerOptions & OutputOptions) => {
      const detail = await call(connect(options), TaskDetail, 'GET', taskPath(task));
      show(terminal, options.output, detail, () => drawTask(terminal, detail));
    });

  about('claim', t('help.task.claim')).action(async (task: string, options: OfficerOptions) => {
    const { claimedUntil, draft } = await call(connect(options), TaskClaim, 'POST', `${taskPath(task)}/claim`);
    remark(t('task.claimed', { until: localTime(claimedUntil) }));
    if (draft) print(draftLines(terminal, draft));
  });

  about('release', t('help.task.release')).action(async (task: string, options: OfficerOptions) => {
    await send(connect(options), 'POST', `${taskPath(task)}/release`);
    remark(t('task.released'));
  });

  about('draft', t('help.task.draft'))
    .addOption(new Option('--decision <decision>', t('help.decision')).choices(DecisionKind.options))
    .option('--reason <text>', t('help.task.reason'))
    .action(async (task: string, { agency, ...words }: OfficerOptions & { decision?: string; reason?: string }) => {
      const draft = await call(
        connect({ ...(agency !== undefined && { agency }) }),
        DraftView,
        'POST',
        `${taskPath(task)}/draft`,
        words,
      );
      print(draftLines(terminal, draft));
    });

  addDecide(about('decide', t('help.task.decide')), terminal, connect);
  return command;
};

const addDecide = (command: Command, terminal: Terminal, connect: (as: OfficerOptions) => Connection): void => {
  const { t, remark } = terminal;
  command
    .argument('[decision]', t('help.task.decide.decision'))
    .option('--reason <text>', t('help.task.reason'))
    .option('--ground <code>', t('help.task.ground'))
    .option('--basis <provision>', t('help.task.basis'))
    .addOption(repeatable('--result <name=value>', t('help.task.result')))
    .addOption(repeatable('--field <place=reason>', t('help.task.field')))
    .addOption(repeatable('--material <id=reason>', t('help.task.material')))
    .option('--file <file>', t('help.task.decide.file'));
  paymentOptions(terminal).forEach((option) => command.addOption(option));
  command.action(async (task: string, decision: string | undefined, options: DecideOptions) => {
    const body = decisionOf(terminal, decision, options);
    const path = `${taskPath(task)}/decision`;
    const later = `task show ${task}`;
    const { outcome } = await act(connect(options), MessageOutcome, path, body, later);
    remark(t(outcome === 'repeated' ? 'task.decidedBefore' : 'task.decided'));
  });
};

/** The decision in the file, overridden by the options. */
const decisionOf = (
  terminal: Terminal,
  decision: string | undefined,
  { reason, ground, basis, result, field, material, file, ...paid }: DecideOptions,
): Record<string, unknown> => {
  const { t } = terminal;
  const readPairs = (texts: readonly string[] | undefined) => texts?.map((text) => readPair(terminal, text));
  const missing = [
    ...(readPairs(field) ?? []).map(([place, why]) => ({ field: place, reason: why })),
    ...(readPairs(material) ?? []).map(([id, why]) => ({ material: id, reason: why })),
  ];
  const body = {
    ...(file === undefined ? {} : readObject(terminal, file)),
    ...(decision !== undefined && { decision }),
    ...(reason !== undefined && { reason }),
    ...(ground !== undefined && { ground }),
    ...(basis !== undefined && { basis }),
    ...resultOf(terminal, result ?? [], paid),
    ...(missing.length > 0 && { supplements: missing }),
  };
  const kind = z.object({ decision: DecisionKind }).safeParse(body);
  if (!kind.success) throw failure(t('task.whichDecision', { known: DecisionKind.options.join(', ') }));
  return body;
};

const taskPath = (task: string): string => `/agency/v1/tasks/${encodeURIComponent(task)}`;

const loadTasks = async (
  connection: Connection,
  { mine, free, limit }: Which,
): Promise<{ tasks: Task[]; more: boolean }> => {
  const { rows: tasks, more } = await gather(limit, 100, async (page) => {
    const query = queryOf({ ...page, ...(mine && { mine: 'true' }), ...(free && { free: 'true' }) });
    const { tasks: rows, nextCursor } = await call(connection, TaskList, 'GET', `/agency/v1/tasks?${query}`);
    return { rows, nextCursor };
  });
  return { tasks, more };
};

const loadDecisions = async (
  connection: Connection,
  limit: number,
): Promise<{ decisions: Decision[]; more: boolean }> => {
  const { rows: decisions, more } = await gather(limit, 100, async (page) => {
    const path = `/agency/v1/decisions?${queryOf(page)}`;
    const { decisions: rows, nextCursor } = await call(connection, DecisionList, 'GET', path);
    return { rows, nextCursor };
  });
  return { decisions, more };
};

const decisionColumns = (pen: Pen): Column<Decision>[] => {
  const { language, t } = pen;
  return [
    { head: t('head.decidedAt'), of: ({ at }) => localTime(at) },
    { head: t('head.decision'), of: ({ decision }) => wordOf(pen, 'decision', decision) },
    { head: t('head.case'), of: ({ caseNo }) => caseNo },
    { head: t('head.step'), of: ({ step }) => step.name[language] },
    { head: t('head.status'), of: ({ status }) => wordOf(pen, 'stepStatus', status) },
    { head: t('head.matter'), of: ({ matter }) => matter.name[language], wide: true },
    { head: t('head.task'), of: ({ requestId }) => requestId },
  ];
};

const columnsOf = (pen: Pen): Column<Task>[] => {
  const { language, t } = pen;
  return [
    {
      head: t('head.light'),
      of: ({ light }) => wordOf(pen, 'light', light),
      style: ({ light }) => styleOfLight(light),
    },
    { head: t('head.status'), of: ({ status }) => wordOf(pen, 'stepStatus', status) },
    { head: t('head.case'), of: ({ caseNo }) => caseNo },
    { head: t('head.step'), of: ({ step }) => step.name[language] },
    { head: t('head.due'), of: ({ dueAt }) => dueAt && localTime(dueAt) },
    { head: t('head.matter'), of: ({ matter }) => matter.name[language], wide: true },
    { head: t('head.task'), of: ({ requestId }) => requestId },
    { head: t('head.whose'), of: (task) => describeHolder(pen, task) },
  ];
};

/** The assigned officer, the claim, and the officer whom the caller covers. */
const describeHolder = (
  { t }: Pen,
  { officer, claimedBy, claimedAt, claimedUntil, coveredFor }: Task,
): string | undefined => {
  const isTaken = claimedUntil !== undefined && Date.parse(claimedUntil) > Date.now();
  const notes = [
    ...(officer === undefined ? [] : [t('task.givenTo', { account: officer })]),
    ...(isTaken && claimedBy !== undefined && claimedAt !== undefined
      ? [t('task.takenBy', { account: claimedBy, at: localTime(claimedAt), until: localTime(claimedUntil) })]
      : []),
    ...(coveredFor === undefined ? [] : [t('task.youCover', { account: coveredFor })]),
  ];
  return notes.length === 0 ? undefined : notes.join('; ');
};

/** One task: its facts, then the part of the form that its step discloses. */
const drawTask = (pen: Pen, detail: z.infer<typeof TaskDetail>): string[] => {
  const { language, t } = pen;
  const { decisions, form, results, resultFields, materials, supplement, confirmations, lastDays, draft } = detail;
  return [
    ...drawFields(columnsOf(pen), detail),
    `${t('head.decision')}: ${decisions.map((decision) => `${decision} ${wordOf(pen, 'decision', decision)}`).join('; ')}`,
    ...lastDays.map((lastDay) => drawLastDay(pen, lastDay)),
    `${t('task.form')}:`,
    ...jsonLines(form),
    ...(results.length === 0 ? [] : [`${t('task.results')}:`, ...results.flatMap(jsonLines)]),
    ...(resultFields.length === 0
      ? []
      : [
          `${t('task.resultFields')}:`,
          ...resultFields.map(({ id, name, required }) => `  ${id}: ${name[language]}${required ? ' *' : ''}`),
        ]),
    ...(materials.length === 0 ? [] : [`${t('task.materials')}:`, ...materials.flatMap(jsonLines)]),
    ...(supplement.length === 0 ? [] : [`${t('task.supplement')}:`, ...supplement.flatMap(jsonLines)]),
    ...confirmations.map(({ field, message, reason }) =>
      t('task.confirmed', { field, message: message[pen.language], reason }),
    ),
    ...(draft ? draftLines(pen, draft) : []),
  ];
};

const draftLines = ({ t }: Pen, { by, at, words }: DraftView): string[] => [
  t('task.draftOf', { account: by, at: localTime(at) }),
  ...Object.entries(words).map(
    ([name, value]) => `  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ),
];
