import { reportPeriod, type ReportPeriod } from '../../../domain/reports/period.ts';
import { REPORT_PERIOD_RULE_WORDS } from '../../../domain/words/request-rules.ts';
import { rejectRequest, type Language } from '../../http/problems.ts';

/**
 * The period of a report. Throws `REQUEST_INVALID` for days in the wrong order or too many days.
 */
export const periodOf = (
  query: { from?: string | undefined; to?: string | undefined },
  now: number,
  language: Language,
): ReportPeriod => {
  const period = reportPeriod(query, now);
  if ('rule' in period) throw rejectRequest([{ path: 'query.from', ...period }], REPORT_PERIOD_RULE_WORDS, language);
  return period;
};
