import type { Text } from '../matter/schema.ts';
import type { Breaker, BreakerChange } from '../agency/breaker.ts';

/** The state of an outage of an agency. */
export const INCIDENT_STATE_WORDS = {
  open: { zh: '故障中', en: 'Open' },
  recovering: { zh: '恢复中', en: 'Recovering' },
  closed: { zh: '已结束', en: 'Closed' },
} as const satisfies Record<Breaker['state'], Text>;

/** Why an outage was opened. */
export const INCIDENT_WHY_WORDS = {
  rate: { zh: '一分钟内半数以上调用失败', en: 'At least half of the calls of a minute failed' },
  'in-row': { zh: '连续调用失败', en: 'Several calls in a row failed' },
  'by-hand': { zh: '人工登记', en: 'Opened by a supervisor' },
} as const satisfies Record<Extract<BreakerChange, { kind: 'opened' }>['why'], Text>;
