import type { DailyReport } from '../../db/reports/daily-reports.ts';
import { sumsOfDay, type DaySums } from '../../domain/reports/daily-report.ts';
import type { DailyReportView } from '../../contract/reports.ts';
import { iso } from './instants.ts';

/** The daily report of a division. */
export const dailyReportView = ({ day, figures, madeAt }: DailyReport, region: string): DailyReportView => {
  const { total, matters, agencies, causes } = sumsOfDay(figures, region);
  return {
    day,
    madeAt: iso(madeAt),
    total: { ...casesView(total), stalled: total.stalled },
    matters: matters.map((one) => ({ matter: one.matter, ...casesView(one) })),
    agencies: agencies.map(({ agency, decided, promised, onTime, supplemented, stalled }) => ({
      agency,
      decided,
      ...(promised > 0 && { onTimeRate: onTime / promised }),
      ...(decided > 0 && { supplementRate: supplemented / decided }),
      stalled,
    })),
    stalls: causes,
  };
};

const casesView = ({
  submitted,
  ended,
  granted,
  promised,
  onTime,
  open,
  late,
}: Omit<DaySums['matters'][number], 'matter'>) => ({
  ...{ submitted, ended, granted, open, late },
  ...(promised > 0 && { onTimeRate: onTime / promised }),
});
