import { Command } from 'commander';
import { z } from 'zod';
import { DeskList, type DeskAnswer } from '../contract/desk.ts';
import type { Verdict } from '../matters/supervision/verdicts.ts';
import { call, findConnection, language } from './client.ts';
import { casePath, findCase } from './find-case.ts';

/** The answers of agencies that are no part of the record, for supervisors. */
export const deskCommands = (): Command => {
  const command = new Command('desk').description(
    'answers of agencies that did not count: late, or at odds with the first',
  );
  command
    .option('--case <case>', 'only those of this case, whatever became of them')
    .action(async (options: { case?: string }) => {
      const connection = findConnection('supervisor');
      const path =
        options.case === undefined ? '/api/v1/desk' : `${casePath(await findCase(connection, options.case))}/desk`;
      const { answers } = await call(connection, DeskList, 'GET', path);
      console.log(answers.length === 0 ? 'Nothing lies on the desk.' : answers.map(lineOf).join('\n'));
    });
  const decide = (verdict: Verdict, description: string) =>
    command
      .command(verdict)
      .description(description)
      .argument('<case>', 'its id or its number')
      .argument('<message>', 'the id of the answer, as the desk shows it')
      .requiredOption('--reason <text>', 'why; it is kept with the act')
      .action(async (reference: string, messageId: string, { reason }: { reason: string }) => {
        const connection = findConnection('supervisor');
        const path = `${casePath(await findCase(connection, reference))}/desk/${encodeURIComponent(messageId)}`;
        await call(connection, z.unknown(), 'POST', path, { verdict, reason });
        console.log(verdict === 'adopt' ? 'It is the decision now.' : 'It stays beside the record.');
      });
  decide('adopt', "make an answer the step's decision");
  decide('dismiss', 'leave an answer beside the record');
  return command;
};

const lineOf = ({ caseNo, step, agency, decision, receivedAt, state, why, record, messageId }: DeskAnswer): string => {
  const here = language();
  const reason = why === undefined ? '' : `  ${why.text[here]}`;
  const instead = record.decision ?? record.status;
  return `${state.padEnd(9)} ${caseNo} ${step.name[here]}  ${agency.name[here]}: ${decision} (record: ${instead})  ${receivedAt}${reason}  ${messageId}`;
};
