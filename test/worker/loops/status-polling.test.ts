import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { pino } from 'pino';
import { openBodies } from '../../support/bodies.ts';
import { listNotices } from '../../../db/cases/notices.ts';
import { runWatcher, type RunningWatcher } from '../../../watcher/run.ts';
import { install, type Installation } from '../../support/product.ts';
import { sampleForm } from '../../support/matters.ts';

const WAIT = { timeout: 30_000 };

let installation: Installation;
let watcher: RunningWatcher;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  await installation.setAgency('civil-affairs', { enquireAfterS: 1 });
  await installation.work();
  const { databaseUrl, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = installation.config;
  const config = { databaseUrl, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, WATCHER_PORT: 0, WATCHER_HOST: '127.0.0.1' };
  watcher = await runWatcher(config, pino({ level: 'silent' }));
});
afterAll(async () => {
  await watcher.stop();
  await installation.close();
});

const reaches = (caseId: string, status: string, stepId = 'marriage-check') =>
  vi.waitFor(async () => expect(await installation.step(caseId, stepId)).toMatchObject({ status }), WAIT);
/**
 * The next enquiry about a step of this case is due now; gives the instant, and how many there
 * were.
 */
const enquireNow = async (caseId: string, stepId = 'marriage-check') => {
  const { rows } = await installation.db.query<{ at: number; enquiries: number }>(
    'update steps set enquire_at = now() where case_id = $1 and id = $2 returning enquire_at as at, enquiries',
    [caseId, stepId],
  );
  return rows[0]!;
};
/** A case whose marriage check its agency has accepted. */
const startAccepted = async () => {
  const { caseId } = await installation.submit(sampleForm('certificates-only'));
  await reaches(caseId, 'accepted');
  return { caseId, requestId: `${caseId}:marriage-check:1` };
};
const sources = async (caseId: string) => {
  const { rows } = await installation.db.query<{ source: string; outcome: unknown }>(
    // A rule may urge the agency meanwhile: that is another matter.
    `select source, outcome from inbox where case_id = $1 and source <> 'system' order by received_at`,
    [caseId],
  );
  return rows;
};
/** What the agency said; a rule may have urged it meanwhile. */
const listOfAgency = (bodies: ReadonlyMap<string, unknown>) =>
  [...bodies].flatMap(([messageId, body]) => (messageId.startsWith('agency:civil-affairs:') ? [body] : []));

describe('an agency that stays silent', () => {
  it.concurrent('is asked, and what it says counts like a callback, with its words', async () => {
    const { caseId, requestId } = await startAccepted();
    installation.platform.deaf.add(caseId);
    await installation.answer('civil-affairs', requestId, { decision: 'missed', reason: '查无婚姻登记数据' });
    await reaches(caseId, 'attention');
    await installation.settled(caseId);
    expect(await sources(caseId)).toEqual([{ source: 'enquiry', outcome: { kind: 'applied' } }]);
    const bodies = await openBodies(installation.db, installation.cipher, caseId);
    expect(listOfAgency(bodies)).toEqual([{ reason: '查无婚姻登记数据' }]);
  });

  it.concurrent('may want a supplement by its answer: the notice has its items, as if it had called back', async () => {
    const { caseId, requestId } = await startAccepted();
    installation.platform.deaf.add(caseId);
    const supplements = [{ material: 'marriage-certificate', reason: '系统查无记录', acceptable: '结婚证原件' }];
    await installation.answer('civil-affairs', requestId, { decision: 'supplement', supplements });
    await reaches(caseId, 'supplement');
    await installation.settled(caseId);
    expect(await sources(caseId)).toEqual([{ source: 'enquiry', outcome: { kind: 'applied' } }]);
    expect(await listNotices(installation.db, caseId)).toMatchObject([
      { status: 'gathering', items: [{ stepId: 'marriage-check' }] },
    ]);
    const bodies = await openBodies(installation.db, installation.cipher, caseId);
    expect(listOfAgency(bodies)).toEqual([{ supplements }]);
  });

  it.concurrent(
    'is asked at growing intervals, stalls its step as agency-silent, and not any more once it answers',
    async () => {
      const { caseId, requestId } = await startAccepted();
      const stalls = async () => {
        const { rows } = await installation.db.query<{ cause: string; open: boolean }>(
          `select cause, cleared_at is null as open from stalls where case_id = $1 and step_id = 'marriage-check'`,
          [caseId],
        );
        return rows;
      };
      await vi.waitFor(async () => expect(await stalls()).toEqual([{ cause: 'agency-silent', open: true }]), WAIT);
      for (let time = 1; time <= 2; time += 1) {
        const before = await enquireNow(caseId);
        expect(before.enquiries).toBeGreaterThanOrEqual(time);
        await vi.waitFor(async () => {
          const { enquiries, enquireAt = 0 } = await installation.step(caseId, 'marriage-check');
          expect(enquiries).toBeGreaterThan(before.enquiries);
          // After each enquiry twice as long as after the one before.
          expect(enquireAt - before.at).toBeGreaterThanOrEqual(1_000 * 2 ** enquiries);
        }, WAIT);
      }

      installation.platform.deaf.add(caseId);
      await installation.answer('civil-affairs', requestId, { decision: 'approved' });
      await enquireNow(caseId);
      await reaches(caseId, 'done');
      await vi.waitFor(async () => expect(await stalls()).toEqual([{ cause: 'agency-silent', open: false }]), WAIT);
    },
  );

  it.concurrent('may call back afterwards with the same answer, which changes nothing', async () => {
    const { caseId, requestId } = await startAccepted();
    installation.platform.deaf.add(caseId);
    await installation.answer('civil-affairs', requestId, { decision: 'approved' });
    await reaches(caseId, 'done');
    installation.platform.deaf.delete(caseId);
    await vi.waitFor(() => expect(installation.platform.taken).toContain(requestId), WAIT);
    expect(await sources(caseId)).toHaveLength(1);
  });

  it.concurrent('is asked repeatedly while it has not decided, and an enquiry never decides', async () => {
    const { caseId } = await startAccepted();
    const enquiries = async () => (await installation.step(caseId, 'marriage-check')).enquiries;
    await vi.waitFor(async () => expect(await enquiries()).toBeGreaterThanOrEqual(2), WAIT);
    expect(await installation.step(caseId, 'marriage-check')).toMatchObject({ status: 'accepted', round: 1 });
    expect(await sources(caseId)).toEqual([]);
  });

  it.concurrent('is also recorded when it uses one message id for two answers', async () => {
    const first = await startAccepted();
    await installation.answer('civil-affairs', first.requestId, { messageId: 'one', decision: 'approved' });
    await reaches(first.caseId, 'done');
    await reaches(first.caseId, 'accepted', 'birth-certificate');
    await installation.setAgency('hospital', { enquireAfterS: 1 });
    await enquireNow(first.caseId, 'birth-certificate');
    installation.platform.deaf.add(first.caseId);
    const requestId = `${first.caseId}:birth-certificate:1`;
    await installation.answer('hospital', requestId, { messageId: 'one', decision: 'supplement' });
    await reaches(first.caseId, 'supplement', 'birth-certificate');
  });
});

describe('an agency that answers an enquiry with something unreadable', () => {
  it('has its step brought to a person, with the error, and decides it later by callback', async () => {
    const { caseId, requestId } = await startAccepted();
    await installation.answer('civil-affairs', requestId, { decision: 'approved' });
    await reaches(caseId, 'accepted', 'birth-certificate');
    await installation.setAgency('hospital', { enquireAfterS: 3_600 });
    await installation.behave('hospital', { mode: 'garbage' });
    await enquireNow(caseId, 'birth-certificate');
    await reaches(caseId, 'attention', 'birth-certificate');
    expect(await installation.step(caseId, 'birth-certificate')).toMatchObject({
      attention: 'AGENCY_UNREADABLE',
      lastError: expect.any(String) as string,
    });
    expect((await installation.step(caseId, 'birth-certificate')).enquireAt).toBeUndefined();
    await installation.behave('hospital', { mode: 'hold' });
    await installation.answer('hospital', `${caseId}:birth-certificate:1`, { decision: 'approved' });
    await reaches(caseId, 'done', 'birth-certificate');
  });
});

describe('an agency that has lost a request', () => {
  it('is sent it again under the same key, and does it once', async () => {
    const { caseId, requestId } = await startAccepted();
    await installation.loseAgencies();
    await installation.behave('civil-affairs', { mode: 'decide' });
    await reaches(caseId, 'done');
    expect(await installation.effects(requestId)).toEqual(['decided:approved']);
    expect(await installation.step(caseId, 'marriage-check')).toMatchObject({ round: 1 });
    expect((await installation.ledger(caseId)).map(({ kind }) => kind)).toContain('step-resent');
    await installation.behave('civil-affairs', { mode: 'hold' });
  });
});

describe('an agency whose officers decide by hand', () => {
  it('is not asked', async () => {
    await installation.setAgency('civil-affairs', { connection: 'worklist', enquireAfterS: 1 });
    const { caseId } = await startAccepted();
    expect(await installation.step(caseId, 'marriage-check')).not.toHaveProperty('enquireAt');
  });
});
