import { inspect } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { formatRequestId } from '../../agencies/contract.ts';
import { getDossier } from '../../db/cases/dossiers.ts';
import { openBodies } from '../support/bodies.ts';
import type { Actor } from '../../domain/case/messages.ts';
import { install, sdkLog, type Installation } from '../support/product.ts';
import { readHistory } from './history.ts';
import { occurs, plant } from './planted.ts';

const CASES = 10;
const WAIT = { timeout: 60_000 };
const CLERK: Actor = { role: 'clerk', id: 'clerk-1' };

const planted = plant();
const logLines: string[] = [];
let installation: Installation;
let caseIds: string[];

const reaches = (caseId: string, stepId: string, status: string, round = 1) =>
  vi.waitFor(async () => expect(await installation.step(caseId, stepId)).toMatchObject({ status, round }), WAIT);

const repair = async () => {
  for (const agency of ['vaccination', 'tax']) await installation.behave(agency, { mode: 'decide' });
};

/**
 * A case in which agencies and people say much: a supplement, a refusal, answers with results, a
 * withdrawal.
 */
const runCase = async (caseId: string, number: number): Promise<void> => {
  const { words } = planted;
  const answer = (agency: string, stepId: string, round: number, decision: Parameters<Installation['answer']>[2]) =>
    installation.answer(agency, formatRequestId({ caseId, stepId, round }), decision);

  await reaches(caseId, 'marriage-check', 'accepted');
  const married = { recordNo: words('登记'), holder: words('持证人') };
  await answer('civil-affairs', 'marriage-check', 1, { decision: 'approved', result: married });

  await reaches(caseId, 'birth-certificate', 'accepted');
  const supplements = [{ material: 'id-card', reason: words('身份证'), acceptable: words('原件') }];
  await answer('hospital', 'birth-certificate', 1, { decision: 'supplement', reason: words('补正'), supplements });
  await reaches(caseId, 'birth-certificate', 'supplement');
  await installation.send(
    caseId,
    { kind: 'supplement-answer', id: 's1', noticeId: '1', items: ['birth-certificate:1:1'], affected: [], by: CLERK },
    { note: words('已补') },
  );
  await reaches(caseId, 'birth-certificate', 'accepted', 2);
  const certificate = { remark: words('出生医学证明') };
  await answer('hospital', 'birth-certificate', 2, { decision: 'approved', result: certificate });

  await reaches(caseId, 'household-registration', 'accepted');
  if (number % 5 === 1) {
    await answer('police', 'household-registration', 1, { decision: 'refused', reason: words('不予落户') });
  } else {
    const page = { idNo: words('新号码'), address: words('落户地址') };
    await answer('police', 'household-registration', 1, { decision: 'approved', reason: words('准予'), result: page });
  }
  if (number % 5 === 2) {
    await reaches(caseId, 'household-registration', 'done');
    await installation.send(caseId, { kind: 'withdrawal', id: 'w1', by: CLERK }, { reason: words('撤回原因') });
    await installation.settled(caseId);
    // What went wrong until here waits longer and longer for its next attempt.
    await repair();
    await reaches(caseId, 'household-registration', 'attention');
    await installation.send(
      caseId,
      { kind: 'undo-settlement', id: 'u1', stepId: 'household-registration', result: 'stands', by: CLERK },
      { note: words('不再撤销') },
    );
  }
  await reaches(caseId, 'household-registration', number % 5 === 1 ? 'refused' : 'done');
};

beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'decide' });
  // The window's closing notice too, so that no case ends before it is withdrawn.
  for (const agency of ['civil-affairs', 'hospital', 'police', 'window'])
    await installation.behave(agency, { mode: 'hold' });
  // What goes wrong is written down too: here and there, and until it is fixed.
  await installation.behave('vaccination', { mode: 'error', probability: 0.5, delayMs: 0 });
  await installation.behave('tax', { mode: 'lost-reply' });
  await installation.setAgency('post', { connection: 'worklist' });
  await installation.behave('social-security', { mode: 'reject' });
  await installation.work(pino({ level: 'trace' }, { write: (line) => void logLines.push(line) }));

  const accepted = await Promise.all(Array.from({ length: CASES }, () => installation.submit(planted.form())));
  caseIds = accepted.map(({ caseId }) => caseId);
  await Promise.all(caseIds.map(runCase));
  for (const caseId of caseIds.filter((_, number) => number % 5 === 0)) {
    await reaches(caseId, 'social-security-card', 'attention');
  }
}, 180_000);
afterAll(() => installation.close());

const historyOf = (caseId: string) => readHistory(installation, caseId);
const findIn = (where: Buffer) => [...planted.texts].filter((text) => occurs(where, text));

describe('personal data', () => {
  it('went through these cases, in every form and most answers', async () => {
    expect(planted.texts.size).toBeGreaterThanOrEqual(200);
    const postgres = await Promise.all(
      caseIds.map(async (caseId) => {
        const { form } = await getDossier(installation.db, installation.cipher, caseId);
        const bodies = await openBodies(installation.db, installation.cipher, caseId);
        return JSON.stringify([form, ...bodies.values()]);
      }),
    );
    expect(findIn(Buffer.from(postgres.join('\n')))).toHaveLength(planted.texts.size);
  });

  it('is nowhere in what Temporal keeps', async () => {
    const histories = await Promise.all(caseIds.map(historyOf));
    expect(findIn(Buffer.concat(histories))).toEqual([]);
  });

  it('is nowhere in what agencies answered and Temporal keeps', async () => {
    const answers = await Promise.all(
      caseIds.map(async (caseId) => [...(await openBodies(installation.db, installation.cipher, caseId)).values()]),
    );
    const words = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value === 'string' && value.length > 8) words.add(value);
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
    };
    collect(answers);
    expect(words.size).toBeGreaterThan(100);
    const histories = Buffer.concat(await Promise.all(caseIds.map(historyOf)));
    expect([...words].filter((text) => occurs(histories, text))).toEqual([]);
  });

  it('is nowhere in what the worker logs', () => {
    const sdkLines = sdkLog.map((entry) => inspect(entry, { depth: Infinity }));
    expect(logLines.length).toBeGreaterThan(10);
    expect(sdkLines.length).toBeGreaterThan(10);
    expect(findIn(Buffer.from([...logLines, ...sdkLines].join('\n')))).toEqual([]);
  });
});

describe('the search', () => {
  it('finds what is there', async () => {
    const [caseId] = caseIds;
    const history = await historyOf(caseId!);
    for (const there of ['household-registration', 'AGENCY_REJECTED', caseId!]) {
      expect(occurs(history, there), there).toBe(true);
    }
  });

  it('finds every planted text as it is, escaped, and anywhere in base64', () => {
    for (const text of planted.texts) {
      const json = JSON.stringify({ text });
      const forms = [
        json,
        JSON.stringify({ text }).replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`),
        ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${json}`).toString('base64')),
      ];
      for (const form of forms) expect(occurs(Buffer.from(form), text), text).toBe(true);
    }
  });
});
