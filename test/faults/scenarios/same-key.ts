import { insist, SHORT } from '../intents.ts';
import type { Scenario } from '../scenario.ts';

const COPIES = 50;

/**
 * S15: fifty requests at once under one key are one case; the key does not serve for another form,
 * nor another key for the same submission.
 */
export const sameKey: Scenario = {
  id: 'S15',
  name: `${COPIES} parallel requests under one key`,
  harmless: true,
  control: { name: `${COPIES} keys for one request`, breaks: 'I1' },
  play: async ({ frontDoor, intent, installation, control, cases }) => {
    await installation.behave({ mode: 'decide' });
    const broken: string[] = [];
    let fired = 0;
    for (let round = 0; round < Math.max(1, Math.floor(cases / 6)); round += 1) {
      const submission = intent(SHORT);
      const keys = Array.from({ length: COPIES }, (_, copy) =>
        control ? `${submission.name}-${copy}` : submission.name,
      );
      const sent = control ? insist(submission) : submission;
      const replies = await Promise.all(keys.map((key) => frontDoor.submit(sent, key)));
      fired += replies.length - 1;
      if (control) return { fired: () => fired, backMs: [], broken };
      if (new Set(replies.map(({ body }) => body)).size !== 1) broken.push(`${submission.name} got different answers`);
      const other = await frontDoor.trySubmit({ ...submission, request: intent(SHORT).request }, submission.name);
      if (other?.status !== 422)
        broken.push(`another form under the key of ${submission.name}: ${String(other?.status)}`);
      const again = await frontDoor.trySubmit(submission, `${submission.name}-again`);
      if (again?.status !== 409) broken.push(`the same request under a new key: ${String(again?.status)}`);
    }
    return { fired: () => fired, backMs: [], broken };
  },
};
