import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { caseWorkflowId } from '../../workflows/names.ts';
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
  await installation.work();
});
afterAll(() => installation.close());

/** Submits 20 cases at once, and waits until the agency has decided about each. */
const burst = async (): Promise<string[]> => {
  const cases = await Promise.all(
    Array.from({ length: 20 }, async () => (await installation.submit(sampleForm('certificates-only'))).caseId),
  );
  for (const caseId of cases) {
    await expect.poll(async () => (await installation.step(caseId, STEP)).status, WAIT).toBe('done');
  }
  return cases;
};

/** What the ledger says of the step, in its order. */
const entriesOf = async (caseId: string): Promise<string[]> =>
  (await installation.ledger(caseId))
    .filter((entry) => 'stepId' in entry && entry.stepId === STEP)
    .map(({ kind }) => kind);

/** Workflow tasks that took longer than a busy machine may take. */
const countLostTasks = async (cases: readonly string[]): Promise<number> => {
  const histories = await Promise.all(
    cases.map((caseId) => installation.temporal.workflow.getHandle(caseWorkflowId(caseId)).fetchHistory()),
  );
  const events = histories.flatMap(({ events }) => events ?? []);
  return events.filter(({ workflowTaskTimedOutEventAttributes: lost }) => Boolean(lost)).length;
};

it('an agency that takes 3 s gets each request of a burst once, and is not declared down', async () => {
  await installation.behave(AGENCY, { mode: 'decide' });
  const [prompt] = await burst();
  await installation.behave(AGENCY, SLOW);
  const cases = await burst();
  const requests = (await installation.calls(AGENCY)).filter((id) => cases.some((caseId) => id.includes(caseId)));
  expect([...new Set(requests)].sort()).toEqual(cases.map((caseId) => `one-matter:${caseId}:${STEP}:1`).sort());
  // Only a workflow task that was lost repeats a request.
  expect(requests.length - cases.length).toBeLessThanOrEqual(await countLostTasks(cases));
  const { rows: breakers } = await installation.db.query('select from breakers where agency = $1', [AGENCY]);
  const { rows: incidents } = await installation.db.query('select from incidents');
  expect([breakers, incidents]).toEqual([[], []]);
  // Nothing happens to such a step that does not happen to one whose agency answers at once.
  const expected = await entriesOf(prompt!);
  expect(await Promise.all(cases.map(entriesOf))).toEqual(cases.map(() => expected));
});
