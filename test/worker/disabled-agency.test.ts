import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { switchAgency } from '../../db/agencies/agencies.ts';
import { runWatcher, type RunningWatcher } from '../../watcher/run.ts';
import { sampleForm } from '../support/matters.ts';
import { install, type Installation } from '../support/product.ts';

const WAIT = { timeout: 40_000 };
const AGENCY = 'civil-affairs';
const STEP = 'marriage-check';

let installation: Installation;
let watcher: RunningWatcher;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  await installation.work();
  watcher = await runWatcher(
    { ...installation.config, WATCHER_PORT: 0, WATCHER_HOST: '127.0.0.1' },
    pino({ level: 'silent' }),
  );
});
afterAll(async () => {
  await watcher.stop();
  await installation.close();
});

const submit = async (): Promise<string> => (await installation.submit(sampleForm('certificates-only'))).caseId;
const step = (caseId: string) => installation.step(caseId, STEP);
const disable = (disabled: boolean, id = AGENCY) =>
  switchAgency(installation.db, installation.cipher, { id, disabled, by: 'operator-1', reason: 'system replaced' });

/** The causes for which the step of the agency is stalled now. */
const stalls = async (caseId: string): Promise<string[]> => {
  const { rows } = await installation.db.query<{ cause: string }>(
    'select cause from stalls where case_id = $1 and step_id = $2 and cleared_at is null',
    [caseId, STEP],
  );
  return rows.map(({ cause }) => cause);
};

it('a disabled agency is sent nothing new; what it has is a stall, and its callback counts', async () => {
  const [before, other] = [await submit(), await submit()];
  await expect.poll(async () => (await step(before)).status, WAIT).toBe('accepted');
  await expect.poll(async () => (await step(other)).status, WAIT).toBe('accepted');
  expect(await disable(true)).toBe('changed');
  await expect.poll(() => stalls(before), WAIT).toEqual(['agency-disabled']);

  const late = await submit();
  await expect.poll(async () => (await step(late)).parkedAt, WAIT).toBeDefined();
  await expect.poll(() => stalls(late), WAIT).toEqual(['agency-disabled']);
  expect(await step(late)).toMatchObject({ status: 'submitted', attempts: 0 });
  expect(await installation.effects(`${late}:${STEP}:`)).toEqual([]);

  const by = { role: 'agency', id: AGENCY } as const;
  await installation.send(before, { kind: 'decision', id: 'd-1', stepId: STEP, round: 1, decision: 'approved', by });
  await expect.poll(async () => (await step(before)).status, WAIT).toBe('done');
  await expect.poll(() => stalls(before), WAIT).toEqual([]);

  await installation.behave(AGENCY, { mode: 'decide' });
  expect(await disable(false)).toBe('changed');
  await expect.poll(async () => (await step(late)).status, WAIT).toBe('done');
  expect(await installation.effects(`${late}:${STEP}:`)).toEqual(['decided:approved']);
  await expect.poll(() => stalls(other), WAIT).toEqual([]);
});

it('an agency that is not registered cannot be disabled', async () => {
  expect(await disable(true, 'nope')).toBe('unknown');
});
