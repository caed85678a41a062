import { z } from 'zod';
import { isGroup } from '../matter/values.ts';
import { KIND_OF_LIST } from './parts.ts';
import { Matter } from '../matter/schema.ts';

const USE = {
  type: 'object',
  description: "The entries of a part. Keys beside `use` replace those of the part's only entry.",
  properties: {
    use: {
      type: 'string',
      pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
      description: 'The name of a part: the file parts/<name>.yaml of the catalog.',
    },
    at: {
      type: 'string',
      description: 'For a part that has $at: the group of the form that it is for, such as mother or owners[].',
    },
  },
  required: ['use'],
};

/**
 * The JSON Schema (draft 2020-12) of a matter's file: completion, descriptions and checks in
 * editors. It is kept as catalog/matter.schema.json.
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

/** Adds `use` to the lists that can use parts. */
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
