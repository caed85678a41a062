import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { sampleForm } from '../support/matters.ts';
import { install, type Installation } from '../support/product.ts';

const WAIT = { timeout: 40_000 };
const AGENCY = 'civil-affairs';
const STEP = 'marriage-check';
/** Longer than a workflow task waits for a first attempt, shorter than the agency may take. */
const SLOW = { mode: 'slow', delayMs: 3_000 } as const;

let installation: Installation;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.setAgency(AGENCY, { timeoutMs: 10_000 });
  await installation.behaveAll({ mode: 'hold' });
  await installation.behave(AGENCY, SLOW);
  await installation.work();
});
afterAll(() => installation.close());

/** The time from sending the step to its decision. */
const durationOf = async (caseId: string): Promise<number> => {
  const entries = (await installation.ledger(caseId)).filter((entry) => 'stepId' in entry && entry.stepId === STEP);
  const at = (kind: string) => entries.find((entry) => entry.kind === kind)!.at;
  return at('step-decided') - at('step-submitted');
};

it('an agency that takes 3 s gets each request of a burst once, and is not declared down', async () => {
  const cases = await Promise.all(
    Array.from({ length: 20 }, async () => (await installation.submit(sampleForm('certificates-only'))).caseId),
  );
  for (const caseId of cases) {
    await expect.poll(async () => (await installation.step(caseId, STEP)).status, WAIT).toBe('done');
  }
  const requests = (await installation.calls(AGENCY)).filter((id) => id.includes(`:${STEP}:`)).sort();
  expect(requests).toEqual(cases.map((caseId) => `${caseId}:${STEP}:1`).sort());
  const { rows: breakers } = await installation.db.query('select from breakers where agency = $1', [AGENCY]);
  const { rows: incidents } = await installation.db.query('select from incidents');
  expect([breakers, incidents]).toEqual([[], []]);

  const durations = (await Promise.all(cases.map(durationOf))).sort((a, b) => a - b);
  expect(durations[17]).toBeLessThanOrEqual(6_000);
});
