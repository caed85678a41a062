import type { Text } from '../matter/schema.ts';
import type { DecisionKind } from '../case/messages.ts';

export const DECISION_WORDS = {
  // A record that was found, a paper that was made, a fee that was paid, a parcel that was delivered.
  approved: { zh: '办理通过', en: 'Approved' },
  exempt: { zh: '免缴（不征）', en: 'Exempt' },
  refused: { zh: '不予', en: 'Refused' },
  lapsed: { zh: '逾期未办', en: 'Lapsed' },
  missed: { zh: '查无记录', en: 'No record found' },
  returned: { zh: '退回', en: 'Returned' },
  supplement: { zh: '补正', en: 'Supplement requested' },
} as const satisfies Record<DecisionKind, Text>;
