import { MIXED } from '../intents.ts';
import type { Scenario } from '../scenario.ts';

const LOST = 0.3;

/**
 * S7: of three in ten requests the agency does its work and the reply never arrives; the others
 * meet systems and officers.
 */
export const replyLost: Scenario = {
  id: 'S7',
  name: 'effect done, reply lost',
  control: { name: 'agencies ignore the request id', breaks: 'I2' },
  play: async ({ frontDoor, intent, installation, control, cases, seed }) => {
    await installation.behave({ mode: 'lost-reply', probability: LOST, seed, keyless: control });
    const before = await countLostReplies(installation.db);
    await Promise.all(Array.from({ length: cases }, () => frontDoor.submit(intent(MIXED))));
    return { fired: async () => (await countLostReplies(installation.db)) - before, backMs: [], broken: [] };
  },
};

/** Each is an attempt that the step's row remembers. */
const countLostReplies = async (db: Parameters<Scenario['play']>[0]['installation']['db']): Promise<number> => {
  const { rows } = await db.query<{ count: number }>(
    `select coalesce(sum(attempts), 0) as count from steps where last_error like 'CONNECTION_%'`,
  );
  return rows[0]?.count ?? 0;
};
