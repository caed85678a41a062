import { listCases, type CaseFilter, type ListedCase } from '../../db/cases/case-list.ts';
import { listDailyReports } from '../../db/reports/daily-reports.ts';
import { readDossiers } from '../../db/cases/dossiers.ts';
import { listStalls, type OpenStall, type StallFilter } from '../../db/supervision/stall-list.ts';
import { listOrders, type OrderFilter, type OrderRow } from '../../db/supervision/orders.ts';
import { sumsOfDay } from '../../domain/reports/daily-report.ts';
import { maskIdNo, maskName } from '../../domain/form/mask.ts';
import { chinaTime } from '../../domain/matter/scope.ts';
import { orderLight } from '../../domain/supervision/orders.ts';
import { CASE_STATUS_WORDS } from '../../domain/words/case-statuses.ts';
import { EXPORT_COLUMN_WORDS } from '../../domain/words/exports.ts';
import { CHANNEL_WORDS } from '../../domain/words/channels.ts';
import { LIGHT_WORDS } from '../../domain/words/lights.ts';
import { ORDER_GROUND_WORDS, ORDER_STATUS_WORDS } from '../../domain/words/orders.ts';
import { WAIT_CAUSE_WORDS } from '../../domain/words/wait-causes.ts';
import { caseKeysOf } from '../commands/case-keys.ts';
import type { Deps } from '../deps.ts';
import type { Language } from '../http/problems.ts';
import type { Reading } from '../http/reading.ts';
import { agencyName } from '../views/names.ts';
import { stepName } from '../views/names.ts';
import type { Cell, Sheet } from './sheet.ts';

/** Rows read from Postgres at a time, which is the most that is in memory. */
const PAGE = 500;
/** A longer list is cut, and the file says so in its last line. */
export const MOST_ROWS = 200_000;

export type Table = Pick<Sheet, 'columns' | 'rows'>;

/** An empty page, when no item of the filter is in the scope of the caller. */
const EMPTY = Promise.resolve({ rows: [] });

const nameColumns = (language: Language, ...names: (keyof typeof EXPORT_COLUMN_WORDS)[]): string[] =>
  names.map((name) => EXPORT_COLUMN_WORDS[name][language]);

/** All rows of a paged list, up to the cap. */
async function* readAll<Row>(
  page: (cursor: string | undefined) => Promise<{ rows: readonly Row[]; nextCursor?: string }>,
  cells: (rows: readonly Row[]) => Promise<readonly (readonly Cell[])[]>,
): AsyncGenerator<readonly Cell[]> {
  let left = MOST_ROWS;
  for (let cursor: string | undefined; left > 0;) {
    const { rows, nextCursor } = await page(cursor);
    const kept = rows.slice(0, left);
    yield* await cells(kept);
    left -= kept.length;
    cursor = nextCursor;
    if (cursor === undefined) return;
  }
}

/**
 * A case number in groups, as it is usually printed. A spreadsheet would read twenty digits as a
 * number and round them.
 */
const groupedNo = (no: string): string => `${no.slice(0, 6)}-${no.slice(6, 14)}-${no.slice(14, 19)}-${no.slice(19)}`;
const time = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : chinaTime(at).slice(0, 16).replace('T', ' ');

/** With a `reading`, the table has masked names and ID numbers. */
export const casesTable = (
  deps: Deps,
  filter: CaseFilter | undefined,
  reading: Reading | undefined,
  language: Language,
): Table => {
  const row = async (found: ListedCase, people: readonly Cell[]): Promise<readonly Cell[]> => {
    const { matter } = await deps.registry.matterOf(found);
    return [
      groupedNo(found.caseNo),
      matter.name[language],
      found.region,
      CHANNEL_WORDS[found.channel][language],
      CASE_STATUS_WORDS[found.status][language],
      LIGHT_WORDS[found.light][language],
      ...[found.submittedAt, found.acceptedAt, found.promisedAt, found.endedAt].map(time),
      ...people,
    ];
  };
  const withPeople = reading ? (['name', 'idNo'] as const) : [];
  return {
    columns: nameColumns(
      language,
      ...(['caseNo', 'matter', 'region', 'channel', 'status', 'light', 'submitted', 'accepted', 'promised'] as const),
      ...(['ended', ...withPeople] as const),
    ),
    rows: readAll(
      (cursor) =>
        filter
          ? listCases(deps.pool, deps.cipher, filter, { limit: PAGE, ...(cursor !== undefined && { cursor }) })
          : EMPTY,
      async (rows) => {
        const people = reading && (await maskPeople(deps, reading, rows));
        return Promise.all(rows.map((found) => row(found, people?.get(found.caseId) ?? [])));
      },
    ),
  };
};

/** The first name and ID number of each form, masked, to distinguish two cases. The read is on record. */
const maskPeople = async (
  deps: Deps,
  reading: Reading,
  rows: readonly ListedCase[],
): Promise<Map<string, readonly Cell[]>> => {
  const dossiers = await readDossiers(
    deps.pool,
    (caseId) => reading.open({ kind: 'persons', purpose: 'export', caseId }),
    rows.map(({ caseId }) => caseId),
  );
  await reading.save(deps.pool);
  const people = rows.map(async (found): Promise<[string, readonly Cell[]]> => {
    const { matter } = await deps.registry.matterOf(found);
    const dossier = dossiers.get(found.caseId);
    const keys = dossier ? caseKeysOf(matter, dossier.form) : [];
    const first = (kind: string) => keys.find((key) => key.kind === kind)?.value;
    const [name, idNo] = [first('name'), first('id-no')];
    return [found.caseId, [name && maskName(name), idNo && maskIdNo(idNo)]];
  });
  return new Map(await Promise.all(people));
};

export const stallsTable = (deps: Deps, filter: StallFilter, language: Language): Table => {
  const row = async (stall: OpenStall): Promise<readonly Cell[]> => {
    const { caseNo, stepId, agency } = stall;
    const agencies = await deps.registry.agencies();
    return [
      caseNo === undefined ? stall.subject : groupedNo(caseNo),
      stall.matter,
      stall.region,
      stepId,
      agency === undefined ? undefined : agencyName(agencies, agency).name[language],
      WAIT_CAUSE_WORDS[stall.cause][language],
      time(stall.since),
      LIGHT_WORDS[stall.light][language],
      time(stall.promisedAt),
      stall.attempts,
    ];
  };
  return {
    columns: nameColumns(
      language,
      ...(['caseNo', 'matter', 'region', 'step', 'agency', 'cause', 'since', 'light', 'promised', 'attempts'] as const),
    ),
    rows: readAll(
      (cursor) => listStalls(deps.pool, filter, { order: 'age', limit: PAGE, cursor }),
      (rows) => Promise.all(rows.map(row)),
    ),
  };
};

export const ordersTable = (deps: Deps, filter: OrderFilter | undefined, language: Language): Table => {
  const now = filter?.now ?? deps.now();
  const row = async (order: OrderRow): Promise<readonly Cell[]> => {
    const [{ matter }, agencies] = await Promise.all([deps.registry.matterOf(order), deps.registry.agencies()]);
    return [
      groupedNo(order.orderNo),
      groupedNo(order.caseNo),
      matter.name[language],
      order.region,
      stepName(matter, order.stepId)[language],
      agencyName(agencies, order.agency).name[language],
      ORDER_GROUND_WORDS[order.ground][language],
      ORDER_STATUS_WORDS[order.status][language],
      LIGHT_WORDS[orderLight(order, now)][language],
      ...[order.openedAt, order.dueAt, order.repliedAt, order.circularAt, order.endedAt].map(time),
    ];
  };
  return {
    columns: nameColumns(
      language,
      ...(['orderNo', 'caseNo', 'matter', 'region', 'step', 'agency', 'ground', 'status', 'light'] as const),
      ...(['opened', 'due', 'replied', 'circulated', 'ended'] as const),
    ),
    rows: readAll(
      (cursor) => (filter ? listOrders(deps.pool, filter, { limit: PAGE, cursor }) : EMPTY),
      (rows) => Promise.all(rows.map(row)),
    ),
  };
};

/** A row for each matter on each day, newest day first. */
export const daysTable = (
  deps: Deps,
  days: { from: string; to: string; region: string; matter: string | undefined } | undefined,
  language: Language,
): Table => ({
  columns: nameColumns(
    language,
    ...(['day', 'matter', 'cameIn', 'endedCount', 'granted', 'onTime', 'open', 'late'] as const),
  ),
  rows: (async function* () {
    if (!days) return;
    const names = new Map((await deps.registry.matters()).map(({ matter }) => [matter.code, matter.name[language]]));
    for (const { day, figures } of await listDailyReports(deps.pool, days.from, days.to)) {
      for (const { matter, submitted, ended, granted, onTime, open, late } of sumsOfDay(figures, days.region).matters) {
        if (days.matter !== undefined && days.matter !== matter) continue;
        yield [day, names.get(matter) ?? matter, submitted, ended, granted, onTime, open, late];
      }
    }
  })(),
});
