import type { Light } from '../deadlines/light.ts';
import type { Text } from '../matter/schema.ts';

export const LIGHT_WORDS = {
  green: { zh: '正常', en: 'Green' },
  yellow: { zh: '预警', en: 'Yellow' },
  red: { zh: '超期', en: 'Red' },
  'deep-red': { zh: '超法定时限', en: 'Deep red' },
  grey: { zh: '暂停计时', en: 'Paused' },
} as const satisfies Record<Light, Text>;
