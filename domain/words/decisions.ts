import type { Text } from '../matter/schema.ts';
import type { DecisionKind } from '../case/messages.ts';

export const DECISION_WORDS = {
  approved: { zh: '准予（通过、已办）', en: 'Approved (found, made, paid, delivered)' },
  exempt: { zh: '免缴（不征）', en: 'Exempt' },
  refused: { zh: '不予', en: 'Refused' },
  lapsed: { zh: '逾期未办', en: 'Lapsed' },
  missed: { zh: '查无记录', en: 'No record found' },
  returned: { zh: '退回', en: 'Returned' },
  supplement: { zh: '补正', en: 'Supplement requested' },
} as const satisfies Record<DecisionKind, Text>;
