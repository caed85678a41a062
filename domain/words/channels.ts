import type { Text } from '../matter/schema.ts';

export const CHANNEL_WORDS = {
  window: { zh: '窗口', en: 'Window' },
  online: { zh: '网上', en: 'Online' },
  kiosk: { zh: '自助', en: 'Kiosk' },
} as const satisfies Record<'window' | 'online' | 'kiosk', Text>;
