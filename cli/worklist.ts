import { Command } from 'commander';
import { z } from 'zod';
import { DraftView, TaskClaim, TaskList, type Task } from '../contract/tasks.ts';
import { call, findConnection, language, type Connection } from './client.ts';

/** What officers do with the tasks of their agency. */
export const worklistCommands = (): Command[] => [
  asOfficer('worklist', 'the open tasks of your agency, nearest deadline first')
    .option('--mine', 'only what is yours, or of those whom you cover now')
    .action(async ({ agency, mine }: { agency?: string; mine?: true }) => {
      const path = `/agency/v1/tasks?limit=100${mine ? '&mine=true' : ''}`;
      const { tasks } = await call(findConnection('officer', agency), TaskList, 'GET', path);
      console.log(tasks.length === 0 ? 'Nothing waits.' : tasks.map(lineOf).join('\n'));
    }),

  aboutTask('claim', 'take a task for 30 minutes', async (connection, path) => {
    const { claimedUntil, draft } = await call(connection, TaskClaim, 'POST', `${path}/claim`);
    console.log([`It is yours until ${claimedUntil}.`, ...(draft ? draftLines(draft) : [])].join('\n'));
  }),

  aboutTask('release', 'give a task back, so that colleagues can take it at once', async (connection, path) => {
    await call(connection, z.unknown(), 'POST', `${path}/release`);
    console.log('It is open to your colleagues.');
  }),

  draftCommand(),
];

const draftCommand = (): Command =>
  asOfficer('draft', 'keep what you have written about a task: whoever takes it next sees it')
    .argument('<task>', 'its id, as the worklist shows it')
    .option('--decision <decision>', 'approved, refused or supplement')
    .option('--reason <text>', 'the words of the decision')
    .action(async (task: string, { agency, ...words }: { agency?: string; decision?: string; reason?: string }) => {
      const connection = findConnection('officer', agency);
      console.log(draftLines(await call(connection, DraftView, 'POST', `${taskPath(task)}/draft`, words)).join('\n'));
    });

const asOfficer = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option(
      '--agency <id>',
      'in a sandbox: as its officer of this agency; elsewhere ONE_MATTER_TOKEN says who you are',
    );

const aboutTask = (
  name: string,
  description: string,
  act: (connection: Connection, path: string) => Promise<void>,
): Command =>
  asOfficer(name, description)
    .argument('<task>', 'its id, as the worklist shows it')
    .action((task: string, { agency }: { agency?: string }) => act(findConnection('officer', agency), taskPath(task)));

const taskPath = (task: string): string => `/agency/v1/tasks/${encodeURIComponent(task)}`;

const draftLines = ({ by, at, words }: DraftView): string[] => [
  `Draft of ${by}, ${at}:`,
  ...Object.entries(words).map(
    ([name, value]) => `  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ),
];

const lineOf = ({ requestId, caseNo, step, status, light, dueAt, ...whose }: Task): string => {
  const { officer, claimedBy, claimedAt, claimedUntil, coveredFor } = whose;
  const isTaken = claimedUntil !== undefined && Date.parse(claimedUntil) > Date.now();
  const notes = [
    ...(officer === undefined ? [] : [`given to ${officer}`]),
    ...(isTaken ? [`taken by ${claimedBy} at ${claimedAt} until ${claimedUntil}`] : []),
    ...(coveredFor === undefined ? [] : [`you cover ${coveredFor}`]),
  ];
  return `${light.padEnd(8)} ${status.padEnd(9)} ${caseNo} ${step.name[language()]}  due ${dueAt ?? '-'}  ${requestId}  ${notes.join('; ')}`.trimEnd();
};
