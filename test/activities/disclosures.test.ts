import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDisclosures } from '../../db/cases/disclosures.ts';
import { listSteps } from '../../db/cases/steps.ts';
import { findStep } from '../../domain/matter/compile.ts';
import { sampleForm } from '../support/matters.ts';
import { createRig, failureOf, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.behaveAll({ mode: 'hold' });
});
afterAll(() => rig.close());

/**
 * The places of all values in a form, with lists as the definition writes them: `children[].name`.
 */
const listPaths = (value: unknown, prefix = ''): string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => listPaths(item, `${prefix}[]`));
  if (typeof value !== 'object' || value === null) return [prefix];
  return Object.entries(value).flatMap(([key, inner]) => listPaths(inner, prefix === '' ? key : `${prefix}.${key}`));
};
const isWithin = (path: string, disclosed: readonly string[]): boolean =>
  disclosed.some((whole) => path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[]`));

describe('the request to an agency', () => {
  it.each(['twins', 'married-single-child', 'foreign-mother'])(
    'holds the fields that its step declares and no others (%s)',
    async (sample) => {
      const { submitStep } = rig.activities();
      const form = sampleForm(sample);
      const { caseId, caseNo } = await rig.submit(form);
      const steps = (await listSteps(rig.db, caseId)).filter(({ status }) => status !== 'skipped');
      for (const { stepId, agency } of steps) {
        const call = rig.firstCall(caseId, stepId, agency);
        await submitStep(call);
        const { step } = findStep(rig.matter(), stepId)!;
        const [sent, ...more] = rig.sentAbout(call);
        expect(more).toEqual([]);
        const body = JSON.parse(sent!.body) as { caseNo: string; form: object; materials: { id: string }[] };
        expect(body.caseNo).toBe(caseNo);
        expect(listPaths(body.form).filter((path) => !isWithin(path, step.discloses))).toEqual([]);
        // What the form has and the step declares is there: nothing is held back either.
        expect(new Set(listPaths(body.form))).toEqual(
          new Set(listPaths(form).filter((path) => isWithin(path, step.discloses))),
        );
        expect(body.materials.map(({ id }) => id).sort()).toEqual([...step.materials].sort());
      }
    },
  );

  it('is about one child only if a step is repeated for each', async () => {
    const { caseId } = await rig.submit(sampleForm('twins'));
    const call = rig.firstCall(caseId, 'vaccination-card.2', 'vaccination');
    await rig.activities().submitStep(call);
    const [sent] = rig.sentAbout(call);
    expect(sent!.body).toContain('陈一言');
    expect(sent!.body).not.toContain('陈一诺');
  });

  it('names where to call back and until when', async () => {
    const { caseId } = await rig.submit(sampleForm('twins'));
    const call = rig.firstCall(caseId, 'marriage-check', 'civil-affairs');
    await rig.activities().submitStep(call);
    expect(JSON.parse(rig.sentAbout(call)[0]!.body)).toMatchObject({
      requestId: `${caseId}:marriage-check:1`,
      callbackUrl: `${rig.platform.url}/agency/v1/tasks/${caseId}:marriage-check:1/decision`,
      dueAt: new Date(call.at + 30_000).toISOString(),
    });
  });

  it('has the same bytes when it is sent again later', async () => {
    const { caseId } = await rig.submit(sampleForm('twins'));
    const call = { ...rig.firstCall(caseId, 'marriage-check', 'civil-affairs'), at: Date.now() - 60_000 };
    await rig.activities().submitStep(call);
    await rig.activities(() => rig.now + 3_600_000).submitStep(call);
    const [first, second] = rig.sentAbout(call).map(({ body }) => body);
    expect(second).toBe(first);
  });

  it('has no personal data in its address', async () => {
    const addresses = rig.sentTo('').map(({ path }) => path);
    expect(addresses.length).toBeGreaterThan(20);
    expect(addresses.filter((path) => !/^\/steps$/.test(path))).toEqual([]);
  });
});

describe('the record of what was disclosed', () => {
  it('names the fields, once a round, with the number of times they were sent', async () => {
    const { submitStep } = rig.activities();
    const { caseId } = await rig.submit(sampleForm('twins'));
    const call = rig.firstCall(caseId, 'marriage-check', 'civil-affairs');
    await submitStep(call);
    await submitStep(call, 2);
    await submitStep({ ...call, round: 2 });
    const fields = [...findStep(rig.matter(), 'marriage-check')!.step.discloses];
    expect(await listDisclosures(rig.db, caseId)).toMatchObject([
      { stepId: 'marriage-check', round: 1, agency: 'civil-affairs', fields, sends: 2 },
      { stepId: 'marriage-check', round: 2, agency: 'civil-affairs', fields, sends: 1 },
    ]);
  });

  it('also exists when no reply came, because the agency may have read it', async () => {
    await rig.behave('police', { mode: 'lost-reply' });
    const { caseId } = await rig.submit(sampleForm('certificates-only'));
    const call = rig.firstCall(caseId, 'household-registration', 'police');
    await failureOf(rig.activities().submitStep(call));
    expect(await listDisclosures(rig.db, caseId)).toMatchObject([{ agency: 'police', sends: 1 }]);
  });

  it('contains no step that rules approved here', async () => {
    await rig.setAgency('health', { connection: 'rules' });
    const { caseId } = await rig.submit(sampleForm('married-single-child'));
    await rig.activities().submitStep(rig.firstCall(caseId, 'fertility-registration', 'health'));
    expect(await listDisclosures(rig.db, caseId)).toEqual([]);
  });
});
