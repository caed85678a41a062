import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { AgencyLoad, AgencyHistory } from '../../db/agencies/agency-figures.ts';
import type { AgencyView } from '../../contract/agencies.ts';
import { iso } from './instants.ts';
import { agencyName } from './names.ts';

const NOTHING_OPEN = { pending: 0, running: 0, attention: 0, late: 0, stalled: 0 };

/**
 * The agencies for supervisors: those of the registry, and those that have steps without being in
 * it.
 */
export const agencyViews = (
  registered: ReadonlyMap<string, AgencyRecord>,
  present: readonly AgencyLoad[],
  past: readonly AgencyHistory[],
): AgencyView[] => {
  const ids = new Set([...registered.keys(), ...[...present, ...past].map(({ agency }) => agency).sort()]);
  return [...ids].map((id) => agencyView(agencyName(registered, id), registered.get(id), present, past));
};

/** `present` and `past` may contain rows of other agencies. */
const agencyView = (
  { id, name }: Pick<AgencyView, 'id' | 'name'>,
  registered: AgencyRecord | undefined,
  present: readonly AgencyLoad[],
  past: readonly AgencyHistory[],
): AgencyView => {
  const { agency: _id, ...open } = present.find(({ agency }) => agency === id) ?? { agency: id, ...NOTHING_OPEN };
  const own = past.filter(({ agency }) => agency === id);
  const all = own.find(({ definition }) => definition === undefined);
  return {
    ...{ id, name },
    ...(registered && { connection: registered.connection }),
    ...(registered?.serves !== undefined && { serves: registered.serves }),
    ...(registered?.divisions && { divisions: registered.divisions }),
    ...(registered?.disabledAt !== undefined && { disabledAt: iso(registered.disabledAt) }),
    ...(registered?.disabledBy !== undefined && { disabledBy: registered.disabledBy }),
    ...(registered?.disabledReason !== undefined && { disabledReason: registered.disabledReason }),
    ...open,
    ...(all ? figures(all) : { finished: 0 }),
    steps: own.flatMap((row) =>
      row.matter === undefined || row.definition === undefined
        ? []
        : [{ matter: row.matter, step: row.definition, ...figures(row) }],
    ),
  };
};

const figures = ({ finished, promised, onTime, supplemented, held, worked }: AgencyHistory) => ({
  finished,
  ...(promised > 0 && { onTimeRate: onTime / promised }),
  ...(finished > 0 && { supplementRate: supplemented / finished }),
  ...(held && { minutes: percentiles(held) }),
  ...(worked && { workingMinutes: percentiles(worked) }),
});

const percentiles = ([p50, p90, p99]: NonNullable<AgencyHistory['held']>) => ({
  p50: roundFigure(p50),
  p90: roundFigure(p90),
  p99: roundFigure(p99),
});

/** To the hundredth of a minute, about half a second. */
const roundFigure = (minutes: number): number => Math.round(minutes * 100) / 100;
