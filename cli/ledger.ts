import { Command } from 'commander';
import { findCaseByNo, getCase } from '../db/cases/cases.ts';
import { verifyLedger } from '../db/cases/ledger-verification.ts';
import { errorCode, type Db } from '../db/sql/pool.ts';
import { withDatabase } from './database.ts';
import { EXIT, failure } from './failure.ts';
import { isId, readNumber } from './find-case.ts';
import type { Terminal } from './terminal.ts';

export const ledgerCommands = (terminal: Terminal): Command => {
  const { t, print } = terminal;
  const command = new Command('ledger').description(t('help.ledger'));
  command
    .command('verify')
    .description(t('help.ledger.verify'))
    .argument('[case]', t('help.caseRef'))
    .action((reference: string | undefined) =>
      withDatabase(terminal, async (db) => {
        const caseId = reference === undefined ? undefined : await caseIdOf(db, reference);
        if (reference !== undefined && caseId === undefined) throw failure(t('case.unknown', { reference }));
        const problems = await verifyLedger(db, caseId);
        for (const { caseId: id, seq, problem } of problems) {
          print(t('ledger.problem', { id, seq, problem: t(`ledger.${problem}`) }));
        }
        if (problems.length === 1) throw failure(t('ledger.oneBroken'), EXIT.wrong);
        if (problems.length > 0) throw failure(t('ledger.broken', { count: problems.length }), EXIT.wrong);
        print(t('ledger.holds'));
      }),
    );
  return command;
};

/** The case id for an id or a case number; undefined: no such case. */
const caseIdOf = async (db: Db, reference: string): Promise<string | undefined> => {
  if (!isId(reference)) {
    const caseNo = readNumber(reference);
    return caseNo === undefined ? undefined : (await findCaseByNo(db, caseNo))?.caseId;
  }
  try {
    return (await getCase(db, reference)).caseId;
  } catch (error) {
    if (errorCode(error) === 'CASE_UNKNOWN') return undefined;
    throw error;
  }
};
