import { createWriteStream, existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Argument, Command, Option } from 'commander';
import { EXPORT_FORMATS, EXPORT_SUBJECTS } from '../contract/exports.ts';
import { send } from './client.ts';
import { findConnection } from './connection.ts';
import { failure } from './failure.ts';
import { outsideError } from './outside.ts';
import type { Terminal } from './terminal.ts';

interface ExportOptions {
  format: string;
  out?: string;
  persons?: string;
  [filter: string]: string | undefined;
}

/**
 * Exports for supervisors. The API checks the filters and refuses unknown ones by name.
 */
export const exportCommand = (terminal: Terminal): Command => {
  const { t } = terminal;
  return new Command('export')
    .description(t('help.export'))
    .addArgument(new Argument('<list>', t('help.export.list')).choices(EXPORT_SUBJECTS))
    .addOption(new Option('--format <format>', t('help.export.format')).choices(EXPORT_FORMATS).default('xlsx'))
    .option('--out <file>', t('help.export.out'))
    .addOption(new Option('--persons <how>', t('help.export.persons')).choices(['masked', 'absent']))
    .option('--agency <id>', t('help.agency'))
    .option('--matter <code>', t('help.matter'))
    .option('--region <division>', t('help.region'))
    .option('--status <status>', t('help.export.status'))
    .option('--light <light>', t('help.light'))
    .option('--cause <cause>', t('help.export.cause'))
    .option('--ground <ground>', t('help.export.ground'))
    .option('--from <day>', t('help.export.from'))
    .option('--to <day>', t('help.export.to'))
    .action(async (subject: string, { format, out, persons, ...filter }: ExportOptions) => {
      const { stdout } = terminal;
      if (out === undefined && stdout.isTTY === true) throw failure(t('export.whereTo'));
      // Before the request, because every export is on record.
      if (out !== undefined && !existsSync(dirname(out))) throw failure(t('export.noFolder', { folder: dirname(out) }));
      const body = { subject, format, ...(persons !== undefined && { persons }), filter };
      const response = await send(findConnection(terminal, 'supervisor'), 'POST', '/api/v1/exports', body);
      if (!response.body) throw failure(t('export.empty'));
      if (out === undefined) {
        for await (const chunk of Readable.from(response.body)) stdout.write(Buffer.from(chunk));
        return;
      }
      await save(terminal, Readable.from(response.body), out);
      const { size } = await stat(out);
      terminal.remark(t('export.saved', { file: out, size }));
    });
};

/** Readable only by its owner, because it contains personal data. An incomplete file is removed. */
const save = async ({ t }: Terminal, content: Readable, file: string): Promise<void> => {
  try {
    await pipeline(content, createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    await rm(file, { force: true });
    const because = error instanceof Error ? error.message : String(error);
    throw failure(outsideError(error, t) ?? t('export.brokeOff', { file, because }));
  }
};
