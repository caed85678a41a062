import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { runWatcher, type RunningWatcher } from '../../watcher/run.ts';
import { withClient } from '../../sandbox/database.ts';
import { sampleForm } from '../support/matters.ts';
import { install, type Installation } from '../support/product.ts';

/** A stall of an agency that is not registered is a row within this time. */
const FOUND = { timeout: 15_000 };
const WAIT = { timeout: 40_000 };
const AGENCY = 'civil-affairs';
const STEP = 'marriage-check';

let installation: Installation;
let watcher: RunningWatcher;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'decide' });
  await withClient(installation.ownerUrl, (client) => client.query('delete from agencies where id = $1', [AGENCY]));
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

const stalls = async (caseId: string): Promise<string[]> => {
  const { rows } = await installation.db.query<{ what: string }>(
    `select concat_ws(' ', step_id, agency, cause, detail) as what from stalls where case_id = $1 and cleared_at is null`,
    [caseId],
  );
  return rows.map(({ what }) => what);
};

it('a step of an agency that is not registered is a stall, until the agency is registered', async () => {
  const { caseId } = await installation.submit(sampleForm('certificates-only'));
  await expect.poll(() => stalls(caseId), FOUND).toEqual([`${STEP} ${AGENCY} agency-unregistered UNREGISTERED`]);
  expect(await installation.step(caseId, STEP)).toMatchObject({ status: 'submitted', attempts: 0 });

  await installation.setAgency(AGENCY);
  await expect.poll(async () => (await installation.step(caseId, STEP)).status, WAIT).toBe('done');
  expect(await installation.effects(`${caseId}:${STEP}:`)).toEqual(['decided:approved']);
  await expect.poll(() => stalls(caseId), WAIT).toEqual([]);
});
