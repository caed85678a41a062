import { Command } from 'commander';
import { formatReport, runConformance } from '../agencies/conformance.ts';
import { language } from './client.ts';
import { EXIT, failure } from './failure.ts';

export const conformanceCommand = (): Command =>
  new Command('conformance')
    .description("tries an agency's endpoint against the agency protocol; use a test system, the requests are decided")
    .argument('<url>', 'the agency’s address: requests go to <url>/steps')
    .requiredOption(
      '--secret <secret>',
      'shared with the agency, whsec_…; or set ONE_MATTER_SECRET',
      process.env['ONE_MATTER_SECRET'],
    )
    .option('--callback-base <url>', 'how the agency reaches this machine, if it is not this one')
    .option('--json', 'the whole report', false)
    .action(
      async (url: string, { secret, callbackBase, json }: { secret: string; callbackBase?: string; json: boolean }) => {
        const report = await runConformance(url, { secret, ...(callbackBase !== undefined && { callbackBase }) });
        console.log(json ? JSON.stringify(report, undefined, 2) : formatReport(report, language()));
        if (!report.passed) throw failure('The endpoint does not keep the protocol.', EXIT.wrong);
      },
    );
