import { once } from 'node:events';
import { connect } from 'node:net';
import { Command } from 'commander';
import { formatReport, runConformance } from '../agencies/conformance.ts';
import { EXIT, failure } from './failure.ts';
import { outputOption, show, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';

const CONNECT_WITHIN_MS = 5_000;

interface ConformanceOptions extends OutputOptions {
  secret?: string;
  callbackBase?: string;
}

export const conformanceCommand = (terminal: Terminal): Command => {
  const { t, env } = terminal;
  return new Command('conformance')
    .description(t('help.conformance'))
    .argument('<url>', t('help.conformance.url'))
    .option('--secret <secret>', t('help.conformance.secret'))
    .option('--callback-base <url>', t('help.conformance.callbackBase'))
    .addOption(outputOption(terminal))
    .action(async (url: string, { secret = env['ONE_MATTER_SECRET'], callbackBase, output }: ConformanceOptions) => {
      if (secret === undefined) throw failure(t('conformance.noSecret'));
      if (!(await isListening(url))) throw failure(t('conformance.noAnswer', { url }));
      const report = await runConformance(url, { secret, ...(callbackBase !== undefined && { callbackBase }) });
      show(terminal, output, report, () => [formatReport(report, terminal.language)]);
      if (!report.passed) throw failure(t('conformance.failed'), EXIT.wrong);
    });
};

/** Whether anything listens there. The checks judge its answers. */
const isListening = async (url: string): Promise<boolean> => {
  if (!URL.canParse(url)) return false;
  const { hostname, port, protocol } = new URL(url);
  const byDefault = protocol === 'https:' ? 443 : 80;
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: port === '' ? byDefault : Number(port), timeout: CONNECT_WITHIN_MS });
  try {
    await Promise.race([once(socket, 'connect'), once(socket, 'timeout').then(() => Promise.reject(new Error()))]);
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};
