import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readBodies } from '../../db/inbox.ts';
import { install, sampleForm, type Installation } from './installation.ts';

const WAIT = { timeout: 30_000 };

let installation: Installation;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  await installation.setAgency('civil-affairs', { enquireAfterS: 1 });
  await installation.work();
});
afterAll(() => installation.close());

/** A case whose marriage check its agency has accepted. */
const accepted = async () => {
  const { caseId } = await installation.submit(sampleForm('certificates-only'));
  await expect.poll(() => installation.step(caseId, 'marriage-check'), WAIT).toMatchObject({ status: 'accepted' });
  return { caseId, requestId: `${caseId}:marriage-check:1` };
};
const reaches = (caseId: string, status: string) =>
  expect.poll(async () => (await installation.step(caseId, 'marriage-check')).status, WAIT).toBe(status);
const sources = async (caseId: string) => {
  const { rows } = await installation.db.query<{ source: string; outcome: unknown }>(
    // A rule may urge the agency meanwhile: that is another matter.
    `select source, outcome from inbox where case_id = $1 and source <> 'system' order by received_at`,
    [caseId],
  );
  return rows;
};

describe('an agency that stays silent', () => {
  it('is asked, and what it says counts like a callback, with its words', async () => {
    const { caseId, requestId } = await accepted();
    installation.platform.open = false;
    await installation.answer('civil-affairs', requestId, { decision: 'refused', reason: '查无婚姻登记数据' });
    await reaches(caseId, 'refused');
    await expect.poll(() => sources(caseId), WAIT).toEqual([{ source: 'enquiry', outcome: { kind: 'applied' } }]);
    const bodies = await readBodies(installation.db, installation.cipher, caseId);
    expect([...bodies.values()]).toEqual([{ reason: '查无婚姻登记数据' }]);
    installation.platform.open = true;
  });

  it('may call back afterwards with the same answer, which changes nothing', async () => {
    const { caseId, requestId } = await accepted();
    installation.platform.open = false;
    await installation.answer('civil-affairs', requestId, { decision: 'approved' });
    await reaches(caseId, 'done');
    const before = installation.platform.taken;
    installation.platform.open = true;
    await expect.poll(() => installation.platform.taken, WAIT).toBeGreaterThan(before);
    expect(await sources(caseId)).toHaveLength(1);
  });

  it('is asked again and again while it has not decided, and never decides by that', async () => {
    const { caseId } = await accepted();
    await expect
      .poll(async () => (await installation.step(caseId, 'marriage-check')).enquiries, WAIT)
      .toBeGreaterThanOrEqual(2);
    expect(await installation.step(caseId, 'marriage-check')).toMatchObject({ status: 'accepted', round: 1 });
    expect(await sources(caseId)).toEqual([]);
  });

  it('is heard also when it uses one message id for two answers', async () => {
    const first = await accepted();
    await installation.answer('civil-affairs', first.requestId, { messageId: 'one', decision: 'approved' });
    await reaches(first.caseId, 'done');
    await expect
      .poll(() => installation.step(first.caseId, 'birth-certificate'), WAIT)
      .toMatchObject({
        status: 'accepted',
      });
    await installation.setAgency('hospital', { enquireAfterS: 1 });
    await installation.db.query(`update steps set enquire_at = now() where case_id = $1 and id = 'birth-certificate'`, [
      first.caseId,
    ]);
    installation.platform.open = false;
    const requestId = `${first.caseId}:birth-certificate:1`;
    await installation.answer('hospital', requestId, { messageId: 'one', decision: 'refused' });
    await expect
      .poll(() => installation.step(first.caseId, 'birth-certificate'), WAIT)
      .toMatchObject({
        status: 'refused',
      });
    installation.platform.open = true;
  });
});

describe('an agency that has lost a request', () => {
  it('is sent it again under the same key, and does it once', async () => {
    const { caseId, requestId } = await accepted();
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
    const { caseId } = await accepted();
    expect(await installation.step(caseId, 'marriage-check')).not.toHaveProperty('enquireAt');
  });
});
