import type { Text } from '../matter/schema.ts';

/**
 * The parameters of a zod refinement with a message in both languages. zod keeps one text only, so
 * both are in `params.says`.
 */
export const says = (zh: string, en: string): { error: string; params: { says: Text } } => ({
  error: en,
  params: { says: { zh, en } },
});
