import { Command } from 'commander';
import { z } from 'zod';
import { verifyLedger } from '../db/ledger-verification.ts';
import { createPool } from '../db/pool.ts';
import { databaseUrl } from './database.ts';
import { EXIT, failure } from './failure.ts';

export const ledgerCommands = (): Command =>
  new Command('ledger').description('the append-only record of every case').addCommand(
    new Command('verify')
      .description('recomputes the hash chain of every case, or of one')
      .argument('[caseId]')
      .action(async (caseId: string | undefined) => {
        if (caseId !== undefined && !z.uuid().safeParse(caseId).success) throw failure(`${caseId} is no id of a case.`);
        const pool = createPool({ url: databaseUrl(), max: 1, name: 'one-matter ledger verify' });
        try {
          const problems = await verifyLedger(pool, caseId);
          for (const { caseId: id, seq, problem } of problems) console.log(`${id} entry ${seq}: ${problem}`);
          if (problems.length > 0) throw failure(`${problems.length} places do not hold.`, EXIT.wrong);
          console.log('The ledger holds.');
        } finally {
          await pool.end();
        }
      }),
  );
