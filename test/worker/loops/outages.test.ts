import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { install, type Installation } from '../../support/product.ts';
import { sampleForm } from '../../support/matters.ts';

const WAIT = { timeout: 40_000 };
const STEP = 'marriage-check';

let installation: Installation;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  await installation.work();
});
afterAll(() => installation.close());

interface Incident {
  why: string;
  calls: number;
  failures: number;
  probes: number;
  reopened: number;
  released: number;
  recovering: boolean;
  closed: boolean;
}

/** The newest incident of the agency whose step every case begins with. */
const findIncident = async (): Promise<Incident | undefined> => {
  const { rows } = await installation.db.query<Incident>(
    `select why, calls, failures, probes, reopened, released, recovering_at is not null as recovering, closed_at is not null as closed
    from incidents where agency = 'civil-affairs' order by opened_at desc limit 1`,
  );
  return rows[0];
};
const submit = async (count: number): Promise<string[]> => {
  const cases = await Promise.all(
    Array.from({ length: count }, () => installation.submit(sampleForm('certificates-only'))),
  );
  return cases.map(({ caseId }) => caseId);
};
const steps = (cases: readonly string[]) => Promise.all(cases.map((caseId) => installation.step(caseId, STEP)));
const countParked = async (cases: readonly string[]) =>
  (await steps(cases)).filter(({ parkedAt }) => parkedAt !== undefined).length;
const countDone = async (cases: readonly string[]) =>
  (await steps(cases)).filter(({ status }) => status === 'done').length;
/** The next probe is due now; by itself it would be within fifteen seconds. */
const probeNow = () =>
  installation.db.query(
    `update breakers set breaker = jsonb_set(breaker, '{probeAt}', '0') where agency = 'civil-affairs'`,
  );
/**
 * Down for a new set of cases, until each is parked: an incident of its own, so the one before must
 * be over.
 */
const outage = async (count: number): Promise<string[]> => {
  await expect.poll(async () => (await findIncident())?.closed ?? true, WAIT).toBe(true);
  await installation.behave('civil-affairs', { mode: 'down' });
  const cases = await submit(count);
  await expect.poll(() => countParked(cases), WAIT).toBe(count);
  return cases;
};
const listKinds = async (caseId: string) =>
  (await installation.ledger(caseId))
    .filter((entry) => 'stepId' in entry && entry.stepId === STEP)
    .map(({ kind }) => kind);

describe('an agency that is down for many cases', () => {
  it('holds them in one incident after few calls, and has each once when it is back', async () => {
    const cases = await outage(15);
    expect(await findIncident()).toMatchObject({ why: 'in-row', closed: false, recovering: false, released: 0 });
    const attempts = (await steps(cases)).reduce((sum, step) => sum + step.attempts, 0);
    expect(attempts).toBeLessThanOrEqual(30);
    const [held] = await steps(cases);
    expect(held).toMatchObject({ status: 'submitted', clock: { holds: [{ why: 'outage' }] } });
    expect(held).not.toHaveProperty('nextAttemptAt');

    await installation.behave('civil-affairs', { mode: 'decide' });
    await probeNow();
    await expect.poll(() => countDone(cases), WAIT).toBe(15);
    await expect.poll(findIncident, WAIT).toMatchObject({ closed: true, recovering: true, reopened: 0 });
    // The step that was the probe may be decided before it is released.
    await expect.poll(async () => (await findIncident())?.released, WAIT).toBeOneOf([14, 15]);
    for (const caseId of cases) {
      expect(await installation.effects(`${caseId}:${STEP}:`)).toEqual(['decided:approved']);
      expect(await listKinds(caseId)).toEqual(expect.arrayContaining(['step-parked', 'step-decided']));
    }
  });

  it('is asked by one probe, and waits while that is not answered', async () => {
    const cases = await outage(6);
    const before = (await steps(cases)).map(({ attempts }) => attempts);
    await probeNow();
    await expect.poll(async () => (await findIncident())?.probes, WAIT).toBe(1);
    const late = await submit(3);
    await expect.poll(() => countParked(late), WAIT).toBe(3);
    expect((await steps(cases)).map(({ attempts }) => attempts)).toEqual(before);
    expect((await steps(late)).map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
    expect(await findIncident()).toMatchObject({ closed: false, recovering: false });
    await installation.behave('civil-affairs', { mode: 'decide' });
    await probeNow();
    await expect.poll(() => countDone([...cases, ...late]), WAIT).toBe(9);
  });

  it('does not hold up the steps of others', async () => {
    await installation.behave('vaccination', { mode: 'decide' });
    const cases = await outage(6);
    const others = await Promise.all(cases.map((caseId) => installation.ledger(caseId)));
    const sent = others.flat().filter(({ kind }) => kind === 'step-accepted' || kind === 'step-decided');
    expect(sent.length).toBeGreaterThan(0);
    await installation.behave('civil-affairs', { mode: 'decide' });
    await probeNow();
    await expect.poll(() => countDone(cases), WAIT).toBe(6);
  });

  it('that fails again while what was parked is released holds the rest again, and loses nothing', async () => {
    const cases = await outage(12);
    // So slowly is released what was parked, and the first is done while the others wait.
    await installation.setAgency('civil-affairs', { maxPerSecond: 1 });
    await installation.behave('civil-affairs', { mode: 'decide' });
    await probeNow();
    await expect.poll(() => countDone(cases), WAIT).toBeGreaterThanOrEqual(1);
    await installation.behave('civil-affairs', { mode: 'down' });
    await expect.poll(async () => (await findIncident())?.reopened, WAIT).toBe(1);
    await installation.setAgency('civil-affairs');
    await installation.behave('civil-affairs', { mode: 'decide' });
    await probeNow();
    await expect.poll(() => countDone(cases), WAIT).toBe(12);
    await expect.poll(findIncident, WAIT).toMatchObject({ closed: true, reopened: 1 });
    for (const caseId of cases) expect(await installation.effects(`${caseId}:${STEP}:`)).toEqual(['decided:approved']);
  });
});
