import { z } from 'zod';
import { AGENCY_NATURES } from '../agency/nature.ts';
import { Id, Text } from './schema.ts';

/** The agencies that a catalog knows: their ids and official names. How each is connected is in the registry, not here. */
export const Agencies = z.strictObject({
  $schema: z.string().optional(),
  agencies: z
    .array(
      z.strictObject({
        id: Id.describe('The permanent name of the agency; matters and the registry use it.'),
        name: Text.describe('The official name.'),
        nature: z
          .enum(AGENCY_NATURES)
          .describe(
            '`organ` (行政机关), `authorised` (法律、法规授权的组织), `institution` (事业单位) or `company` (企业): which remedies exist against its answer.',
          ),
      }),
    )
    .min(1),
});
export type Agencies = z.infer<typeof Agencies>;
