// A workflow as it must not be, for bundle.test.ts: it takes zod along.
import { Limit } from '../../domain/matter/schema.ts';

export const strange = async (limit: unknown): Promise<boolean> => Limit.safeParse(limit).success;
