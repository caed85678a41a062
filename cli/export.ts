import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Argument, Command, Option } from 'commander';
import { EXPORT_FORMATS, EXPORT_SUBJECTS } from '../contract/exports.ts';
import { findConnection, send } from './client.ts';
import { failure } from './failure.ts';

interface ExportOptions {
  format: string;
  out?: string;
  persons?: string;
  [filter: string]: string | undefined;
}

/** A list as a file, for supervisors. Which filters a list knows is said by the API, which refuses the others by name. */
export const exportCommand = (): Command =>
  new Command('export')
    .description('a list as a CSV or Excel file; filter, cut-off, mask and number of rows are printed in it')
    .addArgument(new Argument('<list>').choices(EXPORT_SUBJECTS))
    .addOption(new Option('--format <format>', 'of the file').choices(EXPORT_FORMATS).default('xlsx'))
    .option('--out <file>', 'where to; without it a file named after the list')
    .addOption(new Option('--persons <how>', 'of cases: names and ID numbers').choices(['masked', 'absent']))
    .option('--agency <id>', 'of this agency')
    .option('--matter <code>', 'of this matter')
    .option('--region <division>', 'in this division, a prefix')
    .option('--status <status>', 'cases, orders: with this status')
    .option('--light <light>', 'with this light')
    .option('--cause <cause>', 'stalls: of this cause')
    .option('--ground <ground>', 'orders: given on this ground')
    .action(async (subject: string, { format, out, persons, ...filter }: ExportOptions) => {
      const body = { subject, format, ...(persons !== undefined && { persons }), filter };
      const response = await send(findConnection('supervisor'), 'POST', '/api/v1/exports', body);
      const file = out ?? `${subject}.${format}`;
      await save(response, file);
      const { size } = await stat(file);
      console.log(`${file}, ${size} bytes`);
    });

/** A file that broke off is not left behind. */
const save = async ({ body }: Response, file: string): Promise<void> => {
  if (!body) throw failure('The API sent no file.');
  try {
    await pipeline(Readable.from(body), createWriteStream(file));
  } catch (error) {
    await rm(file, { force: true });
    throw failure(`${file} broke off: ${error instanceof Error ? error.message : String(error)}`);
  }
};
