import type { Text } from '../matter/schema.ts';

/** Why the system urges, orders or circulates by the rules of a matter. */
export const ESCALATION_WORDS = {
  yellow: { zh: '临近承诺时限，按规则自动发出', en: 'By rule: the promised time is nearly over' },
  red: { zh: '超过承诺时限，按规则自动发出', en: 'By rule: the promised time is over' },
  unanswered: { zh: '未按期答复，按规则通报', en: 'By rule: not answered in time' },
} as const satisfies Record<string, Text>;

/**
 * The stored text of an urge or order that the system gives. People read it beside the texts of
 * other people, in the language of each, so it has both languages.
 */
export const escalationText = (cause: keyof typeof ESCALATION_WORDS): string => {
  const { zh, en } = ESCALATION_WORDS[cause];
  return `${zh} / ${en}`;
};
