import { expect, it } from 'vitest';
import { expectDecisionAfter } from './repeating.ts';

// More than the server of these tests lets a run have of Updates (test/support/servers.ts).
it('a decision counts after another agency has sent 300 answers that were refused', { timeout: 90_000 }, async () => {
  await expect(expectDecisionAfter(300)).resolves.toBeUndefined();
});
