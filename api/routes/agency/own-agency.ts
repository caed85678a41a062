import type { Caller } from '../../../identity/caller.ts';
import type { FoundResource } from '../../http/route.ts';

/** The scope for `policy`: the calling agency, because its lists contain only its own steps. */
export const findOwnAgency = (_input: unknown, caller: Caller): Promise<FoundResource<string> | undefined> =>
  Promise.resolve('agency' in caller ? { resource: undefined, found: caller.agency } : undefined);
