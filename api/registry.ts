import type { AgencyRecord } from '../db/agencies/agencies.ts';
import type { Text } from '../domain/matter/schema.ts';

/** An agency by its official name; one that left the registry keeps its id. */
export const agencyName = (agencies: ReadonlyMap<string, AgencyRecord>, id: string): { id: string; name: Text } => ({
  id,
  name: agencies.get(id)?.name ?? { zh: id, en: id },
});
