import { z } from 'zod';
import { isGroup } from '../matter/values.ts';
import { KIND_OF_LIST } from './parts.ts';
import { Matter } from '../matter/schema.ts';

/**
 * An entry that stands for the entries of a part; its other keys replace keys of the part's entry.
 */
const USE = {
  type: 'object',
  properties: { use: { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' } },
  required: ['use'],
};

/**
 * The JSON Schema (draft 2020-12) of a matter's file for completion and checks in editors. It is
 * kept as catalog/matter.schema.json.
 */
export const matterJsonSchema = (): Record<string, unknown> => {
  const { $defs, ...schema } = z.toJSONSchema(Matter, { io: 'input' });
  return {
    ...acceptParts(schema),
    $defs: { ...acceptParts({ ...$defs }), use: USE },
    $id: 'matter.schema.json',
    title: 'Matter',
  };
};

/** The same schema; lists that can use parts also accept a `use`. */
const acceptParts = (schema: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(schema).map(([key, inner]) => {
      if (Array.isArray(inner)) return [key, inner.map((one: unknown) => (isGroup(one) ? acceptParts(one) : one))];
      if (!isGroup(inner)) return [key, inner];
      const accepting = acceptParts(inner);
      const { items } = accepting;
      const takesParts = key in KIND_OF_LIST && isGroup(items) && items['type'] !== 'string';
      return [key, takesParts ? { ...accepting, items: { anyOf: [{ $ref: '#/$defs/use' }, items] } } : accepting];
    }),
  );
