import type { Text } from '../matter/schema.ts';
import type { DecisionKind } from '../case/messages.ts';

export const DECISION_WORDS = {
  approved: { zh: '准予（通过）', en: 'Approved' },
  refused: { zh: '不予', en: 'Refused' },
  supplement: { zh: '补正', en: 'Supplement requested' },
} as const satisfies Record<DecisionKind, Text>;
