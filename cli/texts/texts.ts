import type { Text } from '../../domain/matter/schema.ts';
import { HELP_EN } from './help-en.ts';
import { HELP_ZH } from './help-zh.ts';
import { MESSAGES_EN } from './messages-en.ts';
import { MESSAGES_ZH } from './messages-zh.ts';

/** Every text that is the command line's own; the words of codes are in domain/words. */
const EN = { ...HELP_EN, ...MESSAGES_EN };
export type TextKey = keyof typeof EN;
export const TEXTS: Readonly<Record<keyof Text, Readonly<Record<TextKey, string>>>> = {
  en: EN,
  zh: { ...HELP_ZH, ...MESSAGES_ZH },
};
