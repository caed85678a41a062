import { z } from 'zod';
import { Matter } from './schema.ts';

/** The JSON Schema (draft 2020-12) of a matter's file: completion and checks in editors, kept as catalog/matter.schema.json. */
export const matterJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(Matter, { io: 'input' }),
  $id: 'matter.schema.json',
  title: 'Matter',
});
