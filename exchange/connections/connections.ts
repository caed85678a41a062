import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { Connection } from './connection.ts';
import { push } from './push.ts';
import { rules } from './rules.ts';
import { worklist } from './worklist.ts';

const CONNECTIONS: Readonly<Record<AgencyRecord['connection'], Connection>> = { push, worklist, rules };

/** How this agency is connected now. */
export const connectionOf = ({ connection }: AgencyRecord): Connection => CONNECTIONS[connection];
