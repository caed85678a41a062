import { insist, SHORT } from '../intents.ts';
import type { Scenario } from '../scenario.ts';

const COPIES = 50;

/**
 * S15: fifty requests at once under one key are one case; the key does not serve for another form,
 * nor another key for the same wish.
 */
export const sameKey: Scenario = {
  id: 'S15',
  name: `${COPIES} parallel requests under one key`,
  harmless: true,
  control: { name: `${COPIES} keys for one wish`, breaks: 'I1' },
  play: async ({ frontDoor, intent, installation, control, cases }) => {
    await installation.behave({ mode: 'decide' });
    const broken: string[] = [];
    let fired = 0;
    for (let round = 0; round < Math.max(1, Math.floor(cases / 6)); round += 1) {
      const wish = intent(SHORT);
      const keys = Array.from({ length: COPIES }, (_, copy) => (control ? `${wish.name}-${copy}` : wish.name));
      const sent = control ? insist(wish) : wish;
      const replies = await Promise.all(keys.map((key) => frontDoor.submit(sent, key)));
      fired += replies.length - 1;
      if (control) return { fired: () => fired, backMs: [], broken };
      if (new Set(replies.map(({ body }) => body)).size !== 1) broken.push(`${wish.name} got different answers`);
      const other = await frontDoor.trySubmit({ ...wish, request: intent(SHORT).request }, wish.name);
      if (other?.status !== 422) broken.push(`another form under the key of ${wish.name}: ${String(other?.status)}`);
      const again = await frontDoor.trySubmit(wish, `${wish.name}-again`);
      if (again?.status !== 409) broken.push(`the same wish under a new key: ${String(again?.status)}`);
    }
    return { fired: () => fired, backMs: [], broken };
  },
};
