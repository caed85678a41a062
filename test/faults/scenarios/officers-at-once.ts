import { storedId } from '../../../domain/message-ids.ts';
import { createToken } from '../../../db/registry/tokens.ts';
import { person } from '../front-door.ts';
import { waitForPending } from '../pending.ts';
import { SHORT } from '../intents.ts';
import type { Scenario } from '../scenario.ts';

const AGENCY = 'vaccination';
/** This agency decides last, so that the case is open until all officers have decided. */
const KEEPS_OPEN = 'police';
/** One step after the other: so many decide it at the same time. */
const CROWDS = [2, 30];

interface Officer {
  account: string;
  token: string;
}

/**
 * S16: two officers, and thirty, decide one step at the same time. One decision counts, and the
 * answers to the others name it.
 */
export const officersAtOnce: Scenario = {
  id: 'S16',
  name: `${CROWDS.join(' and ')} officers decide one step at once`,
  harmless: true,
  control: { name: 'a second decision counts as applied', breaks: 'I8' },
  play: async ({ frontDoor, intent, installation, control, cases, random, seed }) => {
    const { db, cipher } = installation;
    await installation.behave({ mode: 'decide' });
    for (const agency of [AGENCY, KEEPS_OPEN]) await installation.behave({ mode: 'hold' }, agency);
    const officers: Officer[] = [];
    for (let index = 0; index < Math.max(...CROWDS); index += 1) {
      const account = `officer-${seed}-${control ? 'control-' : ''}${index}`;
      officers.push({ account, token: await createToken(db, cipher, { role: 'officer', account, agency: AGENCY }) });
    }
    const submitted = await Promise.all(Array.from({ length: cases }, () => frontDoor.submit(intent(SHORT))));
    const caseIds = submitted.map(({ caseId }) => caseId);
    const held = await waitForPending(installation, AGENCY, caseIds);
    const last = await waitForPending(installation, KEEPS_OPEN, caseIds);

    const decide = ({ account, token }: Officer, requestId: string) => {
      const sent = `${account}:${requestId}`;
      const rival = random.chance(0.5) ? {} : { reason: 'rivals differ' };
      return frontDoor.decide({
        path: `/agency/v1/tasks/${requestId}/decision`,
        by: person(token),
        requestId,
        messageId: { sent, kept: storedId({ role: 'officer', id: account }, sent) },
        body: { decision: 'approved', ...rival },
      });
    };
    let fired = 0;
    for (const [index, requestId] of held.entries()) {
      const crowd = officers.slice(0, CROWDS[index % CROWDS.length]);
      await Promise.all(crowd.map((officer) => decide(officer, requestId)));
      fired += crowd.length - 1;
    }
    if (control) {
      await installation.asOwner(
        `update inbox set outcome = '{"kind":"applied"}' where outcome ->> 'code' = 'STEP_ALREADY_DECIDED'`,
        [],
      );
    }
    for (const requestId of last) await installation.answer(KEEPS_OPEN, requestId, { decision: 'approved' });
    return { fired: () => fired, backMs: [], broken: [] };
  },
};
