import { expect, it } from 'vitest';
import { expectDecisionAfter } from '../worker/repeating.ts';

it(
  'a decision counts after another agency has sent 5,000 answers that were refused',
  { timeout: 600_000 },
  async () => {
    await expect(expectDecisionAfter(5_000)).resolves.toBeUndefined();
  },
);
