import { z } from 'zod';
import { beginExport, finishExport } from '../../../db/reports/exports.ts';
import { chinaTime } from '../../../domain/matter/scope.ts';
import { EXPORT_LINE_WORDS, EXPORT_SUBJECT_WORDS, EXPORT_VALUES } from '../../../domain/words/exports.ts';
import { Export } from '../../../contract/exports.ts';
import type { Deps } from '../../deps.ts';
import { FILE_TYPES, sendSheet } from '../../exports/send.ts';
import type { Sheet } from '../../exports/sheet.ts';
import { casesTable, daysTable, MOST_ROWS, ordersTable, stallsTable, type Table } from '../../exports/tables.ts';
import { accountOf, actorOf } from '../../../identity/caller.ts';
import { periodOf } from './period.ts';
import { scopeOf } from '../../policy.ts';
import type { Caller } from '../../../identity/caller.ts';
import { watchOpenAnswer } from '../../http/open-answer.ts';
import type { Language } from '../../http/problems.ts';
import type { Reading } from '../../http/reading.ts';
import { route, findNothing, type Route } from '../../http/route.ts';
import { caseFilterOf, narrowFilter } from '../../commands/case-scope.ts';

/** Exports, for callers who may see a whole division. */
export const exportRoutes = (deps: Deps): Route[] => [
  route({
    method: 'post',
    path: '/api/v1/exports',
    summary:
      'Export a list as a CSV or Excel file; the file has the filter, cut-off time, masking and number of rows, and the export is recorded with its author',
    tag: 'supervision',
    limit: 'exports',
    policy: { action: 'export.make', find: findNothing },
    input: z.strictObject({ body: Export }),
    answers: {
      200: {
        description: 'The file; it is incomplete without its last line, as when the token ends meanwhile',
        types: FILE_TYPES,
      },
    },
    handler: async ({ caller, reading, input: { body }, language, res }) => {
      const { subject, format, filter } = body;
      const persons = body.subject === 'cases' ? body.persons : 'absent';
      const cutOff = deps.now();
      const table = tableOf(deps, caller, reading, body, cutOff, language);
      const by = actorOf(caller);
      const id = await beginExport(deps.pool, { by, subject, format, filter, persons });
      const about = aboutOf(caller, body, { id, persons, cutOff, by: accountOf(caller) }, language);
      const sheet: Sheet = { name: EXPORT_SUBJECT_WORDS[subject][language], about, ...table, end: endOf(language) };
      const { ended } = watchOpenAnswer(deps, caller, res);
      const rows = await sendSheet(res, sheet, format, `${subject}-${id}`, ended).catch((error: unknown) => {
        ended.throwIfAborted();
        throw error;
      });
      await finishExport(deps.pool, id, rows);
      deps.log.info({ audit: 'export', export: id, by, subject, format, filter, rows }, 'audit');
      return undefined;
    },
  }),
];

const tableOf = (
  deps: Deps,
  caller: Caller,
  reading: Reading,
  body: Export,
  now: number,
  language: Language,
): Table => {
  const scope = scopeOf(caller, 'export.make');
  switch (body.subject) {
    case 'cases':
      return casesTable(
        deps,
        caseFilterOf(body.filter, scope, now),
        body.persons === 'masked' ? reading : undefined,
        language,
      );
    case 'stalls':
      return stallsTable(
        deps,
        { ...body.filter, ...(scope.region !== undefined && { scope: scope.region }), now },
        language,
      );
    case 'supervision-orders': {
      const within = narrowFilter(body.filter, scope);
      return ordersTable(deps, within && { ...body.filter, ...within, now }, language);
    }
    case 'daily-reports': {
      const within = narrowFilter(body.filter, scope);
      const days = periodOf(body.filter, now, language);
      return daysTable(deps, within && { ...days, region: within.region ?? '', matter: body.filter.matter }, language);
    }
  }
};

/** The lines above the table. They say what the file contains and who made it. */
const aboutOf = (
  caller: Caller,
  { subject, filter }: Export,
  { id, by, persons, cutOff }: { id: string; by: string; persons: 'masked' | 'absent'; cutOff: number },
  language: Language,
): [string, string][] => {
  const { region } = scopeOf(caller, 'export.make');
  const conditions = Object.entries(filter).map(([name, value]) => `${name}=${String(value)}`);
  const all = EXPORT_VALUES.all[language];
  const lines = [
    ['subject', EXPORT_SUBJECT_WORDS[subject][language]],
    ['filter', conditions.length > 0 ? conditions.join('; ') : all],
    ['region', region ?? all],
    ['cutOff', chinaTime(cutOff)],
    ['persons', EXPORT_VALUES[persons][language]],
    ['mostRows', String(MOST_ROWS)],
    ['id', id],
    ['by', by],
  ] as const;
  return lines.map(([line, value]) => [EXPORT_LINE_WORDS[line][language], value]);
};

const endOf =
  (language: Language): Sheet['end'] =>
  (rows) => {
    const cut = rows >= MOST_ROWS ? EXPORT_VALUES.cut[language] : '';
    return [EXPORT_LINE_WORDS.rows[language], `${rows}${cut}`];
  };
