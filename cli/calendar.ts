import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { findCalendar, listCalendars, publishCalendar } from '../db/registry/calendars.ts';
import { errorCode } from '../db/sql/pool.ts';
import { loadCalendar, SHIPPED_CALENDAR, type LoadedCalendar } from '../domain/authoring/load-calendar.ts';
import { drawCalendar } from './calendar-page.ts';
import { withDatabase } from './database.ts';
import { EXIT, failure, refusal } from './failure.ts';
import { readText } from './files.ts';
import { byOption } from './options.ts';
import { outputOption, show, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';

interface ShowOptions extends OutputOptions {
  calendar?: string;
  year?: number;
}

export const calendarCommands = (terminal: Terminal): Command => {
  const { t, print } = terminal;
  const command = new Command('calendar').description(t('help.calendar'));
  command
    .command('lint')
    .description(t('help.calendar.lint'))
    .argument('[file]', t('help.calendar.file'), SHIPPED_CALENDAR)
    .action((file: string) => {
      const { version, coveredUntil } = load(terminal, file).calendar;
      print(t('calendar.inOrder', { version, until: coveredUntil }));
    });
  command
    .command('publish')
    .description(t('help.calendar.publish'))
    .argument('[file]', t('help.calendar.file'), SHIPPED_CALENDAR)
    .addOption(byOption(terminal, t('help.publisher')))
    .action(async (file: string, { by }: { by: string }) => {
      const loaded = load(terminal, file);
      const publish = () => withDatabase(terminal, (db) => publishCalendar(db, { ...loaded, by }));
      const outcome = await publish().catch((error: unknown) => {
        throw errorCode(error)?.startsWith('CALENDAR_VERSION') && error instanceof Error
          ? failure(error.message, EXIT.wrong)
          : error;
      });
      print(t('calendar.published', { version: loaded.calendar.version, outcome }));
    });
  command
    .command('show')
    .description(t('help.calendar.show'))
    .option('--calendar <version>', t('help.calendar.version'))
    .addOption(new Option('--year <year>', t('help.calendar.year')).argParser(readYear(terminal)))
    .addOption(outputOption(terminal))
    .action(async ({ calendar, year, output }: ShowOptions) => {
      const { versions, data } = await withDatabase(terminal, async (db) => ({
        versions: await listCalendars(db),
        data: await findCalendar(db, calendar),
      }));
      if (!data) {
        const known = versions.map(({ version }) => version).join(', ');
        throw failure(
          t(versions.length === 0 ? 'calendar.none' : 'calendar.unknown', { version: calendar ?? '', known }),
        );
      }
      if (year !== undefined && !data.notices.some((notice) => notice.year === year)) {
        const known = data.notices.map((notice) => notice.year).join(', ');
        throw failure(t('calendar.yearUnknown', { year, version: data.version, known }));
      }
      show(terminal, output, { versions, calendar: data }, () => drawCalendar(terminal, data, versions, year));
    });
  return command;
};

const readYear =
  ({ t }: Terminal) =>
  (value: string): number => {
    if (!/^\d{4}$/.test(value)) throw new InvalidArgumentError(t('option.year'));
    return Number(value);
  };

const load = (terminal: Terminal, file: string): LoadedCalendar => {
  const loaded = loadCalendar(readText(terminal, file), basename(file));
  if (!loaded.ok) throw refusal(terminal, loaded.problems);
  return loaded;
};
