import { expect, inject } from 'vitest';
import { MOST_WITHOUT_EFFECT } from '../../domain/case/without-effect.ts';
import { FORMAT_EXAMPLES } from '../../domain/form/fields.ts';
import { getStep } from '../../domain/matter/compile.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { serveApp } from '../support/api.ts';
import { sampleForm } from '../support/matters.ts';
import { install } from '../support/product.ts';
import { makeSignedCall } from '../support/sign.ts';

const WAIT = { timeout: 30_000, interval: 50 };
const AT_ONCE = 40;
const NOISY = 'marriage-check';
const GENUINE = 'household-registration';

/**
 * One agency repeats an answer that is refused `count` times, and then another agency decides: its
 * decision counts, and the repetitions have cost the workflow nothing.
 */
export const expectDecisionAfter = async (count: number): Promise<void> => {
  const installation = await install(inject('servers'));
  const { db, cipher, config, secret } = installation;
  const api = await serveApp({ pool: db, cipher, databaseUrl: config.databaseUrl });
  const agencyOf = (stepId: string) => getStep(installation.matter(), stepId).agency;
  try {
    await installation.behaveAll({ mode: 'decide' });
    for (const stepId of [NOISY, GENUINE]) await installation.behave(agencyOf(stepId), { mode: 'hold' });
    await installation.work();
    const { caseId } = await installation.submit(sampleForm('certificates-only'));
    const isAccepted = (stepId: string) =>
      expect.poll(async () => (await installation.step(caseId, stepId)).status, WAIT).toBe('accepted');
    const decide = async (stepId: string, body: Record<string, unknown>): Promise<number> => {
      const path = `/agency/v1/tasks/${caseId}:${stepId}:1/decision`;
      const { raw, headers } = makeSignedCall({ agency: agencyOf(stepId), secret, method: 'POST', path, body });
      const type = { 'content-type': 'application/json' };
      const response = await fetch(`${api.url}${path}`, {
        method: 'POST',
        headers: { ...type, ...headers },
        body: raw,
      });
      await response.text();
      return response.status;
    };
    await isAccepted(NOISY);
    expect(await decide(NOISY, { messageId: 'first', decision: 'approved' })).toBe(200);
    await isAccepted(GENUINE);
    const handle = installation.temporal.workflow.getHandle(caseWorkflowId(caseId));
    const countUpdates = async () =>
      (await handle.fetchHistory()).events?.filter(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) =>
        Boolean(accepted),
      ).length;
    const updates = await countUpdates();

    const statuses = new Map<number, number>();
    let sent = 0;
    const repeat = async () => {
      while (sent < count) {
        const messageId = `again-${sent++}`;
        const status = await decide(NOISY, { messageId, decision: 'refused', reason: '重复' });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, repeat));
    expect([...statuses.keys()].sort()).toEqual([409, 429]);
    // Calls at the same time are counted before each other's messages are stored.
    expect(statuses.get(409)).toBeGreaterThanOrEqual(MOST_WITHOUT_EFFECT);
    expect(statuses.get(409)).toBeLessThan(MOST_WITHOUT_EFFECT + AT_ONCE);
    expect(await countUpdates()).toBe(updates);

    const result = { citizenIdNo: FORMAT_EXAMPLES['citizen-id'] };
    expect(await decide(GENUINE, { messageId: 'genuine', decision: 'approved', result })).toBe(200);
    await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
  } finally {
    await api.close();
    await installation.close();
  }
};
