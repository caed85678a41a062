import { z } from 'zod';
import { beginExport, finishExport } from '../../../db/reports/exports.ts';
import type { Text } from '../../../domain/matter/schema.ts';
import { chinaTime } from '../../../domain/matter/scope.ts';
import { Export } from '../../../contract/exports.ts';
import type { Deps } from '../../deps.ts';
import { FILE_TYPES, sendSheet } from '../../exports/send.ts';
import type { Sheet } from '../../exports/sheet.ts';
import { casesTable, daysTable, MOST_ROWS, ordersTable, stallsTable, type Table } from '../../exports/tables.ts';
import { accountOf, actorOf } from '../../../identity/caller.ts';
import { daysOf } from './period.ts';
import { scopeOf } from '../../policy.ts';
import type { Caller } from '../../../identity/caller.ts';
import { watchOpenAnswer } from '../../http/open-answer.ts';
import type { Language } from '../../http/problems.ts';
import { route, findNothing, type Route } from '../../http/route.ts';
import { caseFilterOf, narrowFilter } from '../../commands/case-scope.ts';

const NAMES: Record<Export['subject'], Text> = {
  cases: { zh: '办件', en: 'Cases' },
  stalls: { zh: '停滞', en: 'Stalls' },
  'supervision-orders': { zh: '督办单', en: 'Supervision orders' },
  'daily-reports': { zh: '日报', en: 'Daily reports' },
};

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
    handler: async ({ caller, input: { body }, language, res }) => {
      const { subject, format, filter } = body;
      const persons = body.subject === 'cases' ? body.persons : 'absent';
      const cutOff = deps.now();
      const table = tableOf(deps, caller, body, cutOff, language);
      const by = actorOf(caller);
      const id = await beginExport(deps.pool, { by, subject, format, filter, persons });
      const about = aboutOf(caller, body, { id, persons, cutOff, by: accountOf(caller) }, language);
      const sheet: Sheet = { name: NAMES[subject][language], about, ...table, end: endOf(language) };
      const { tokenEnded } = watchOpenAnswer(deps, caller, res);
      const rows = await sendSheet(res, sheet, format, `${subject}-${id}`, tokenEnded).catch((error: unknown) => {
        tokenEnded.throwIfAborted();
        throw error;
      });
      await finishExport(deps.pool, id, rows);
      deps.log.info({ audit: 'export', export: id, by, subject, format, filter, rows }, 'audit');
      return undefined;
    },
  }),
];

const tableOf = (deps: Deps, caller: Caller, body: Export, now: number, language: Language): Table => {
  const scope = scopeOf(caller, 'export.make');
  switch (body.subject) {
    case 'cases':
      return casesTable(deps, caseFilterOf(body.filter, scope, now), body.persons, language);
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
      const days = daysOf(body.filter, now, language);
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
  const none = { zh: '全部', en: 'all' }[language];
  const mask = {
    masked: { zh: '姓名、证件号码已脱敏', en: 'names and ID numbers masked' },
    absent: { zh: '不含姓名、证件号码', en: 'without names and ID numbers' },
  }[persons][language];
  const labels = {
    zh: ['清单', '筛选条件', '权限范围', '截止时间', '个人信息', '行数上限', '导出编号', '导出人'],
    en: ['List', 'Filter', 'Division', 'As of', 'Personal data', 'Most rows', 'Export number', 'Taken by'],
  }[language];
  const values = [
    NAMES[subject][language],
    conditions.length > 0 ? conditions.join('; ') : none,
    region ?? none,
    chinaTime(cutOff),
    mask,
    String(MOST_ROWS),
    id,
    by,
  ];
  return labels.map((label, index) => [label, values[index] ?? '']);
};

const endOf =
  (language: Language): Sheet['end'] =>
  (rows) => {
    const label = { zh: '合计行数', en: 'Rows' }[language];
    const cut = { zh: '（已达上限，未列全）', en: ' (the most: there may be others)' }[language];
    return [label, `${rows}${rows >= MOST_ROWS ? cut : ''}`];
  };
