import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { z } from 'zod';
import { listDisclosures } from '../../db/cases/disclosures.ts';
import { listReviewQueue } from '../../db/worklist/review-queue.ts';
import type { Message } from '../../domain/case/messages.ts';
import { citizenIdCheckDigit } from '../../domain/form/person-formats.ts';
import { sampleForm } from '../support/matters.ts';
import { install, sdkLog, type Installation } from '../support/product.ts';
import { readHistory } from '../workflows/history.ts';
import { occurs } from '../workflows/planted.ts';

const WAIT = { timeout: 60_000, interval: 100 };

/** A citizen identity number of no real person, with this sequence. */
const idNoOf = (sequence: number): string => {
  const first17 = `33990020240901${sequence}`;
  return first17 + citizenIdCheckDigit(first17);
};
const [FIRST, SECOND, CORRECTED] = [idNoOf(101), idNoOf(103), idNoOf(105)];

const logLines: string[] = [];
const received: { requestId: string; body: string }[] = [];
let installation: Installation;
let caseId: string;

/** Its approval comes without the number that it must give. */
const FAULTY = 'medical-insurance-enrolment.1';

/** What the tax agency gives; it goes nowhere in the results of the others. */
const PAID = { amount: 380, paidOn: '2026-11-27', receiptNo: '3326000017' };

/** An agency that approves everything at once, and keeps what it was sent. */
const office = createServer((request, response) => {
  void buffer(request).then((raw) => {
    const body = raw.toString();
    const { requestId } = Submitted.parse(JSON.parse(body));
    received.push({ requestId, body });
    const result = requestId.includes(FAULTY) ? {} : { insuranceNo: `YB${received.length}-2026`, ...PAID };
    const said = { decision: 'approved', result };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
});
const Submitted = z.object({
  requestId: z.string(),
  results: z
    .array(z.object({ step: z.string(), item: z.number(), values: z.record(z.string(), z.unknown()) }))
    .default([]),
});

const reaches = (stepId: string, status: string, round = 1) =>
  vi.waitFor(async () => expect(await installation.step(caseId, stepId)).toMatchObject({ status, round }), WAIT);
const approve = (stepId: string, round: number, citizenIdNo: string) =>
  installation.answer('police', `${caseId}:${stepId}:${round}`, { decision: 'approved', result: { citizenIdNo } });
/** The results of other steps that came with a request. */
const resultsOf = (stepId: string, round = 1) => {
  const request = received.find(({ requestId }) => requestId === `${caseId}:${stepId}:${round}`);
  return Submitted.parse(JSON.parse(request?.body ?? '{}')).results;
};
const supervise = (message: Message) => installation.send(caseId, message, { reason: '更正' });

beforeAll(async () => {
  office.listen(0, '127.0.0.1');
  await once(office, 'listening');
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'decide' });
  for (const agency of ['police', 'window']) await installation.behave(agency, { mode: 'hold' });
  const address = office.address();
  if (address === null || typeof address === 'string') throw new Error('the office has no port');
  const baseUrl = `http://127.0.0.1:${address.port}`;
  for (const agency of ['social-security', 'medical-insurance', 'tax']) {
    await installation.setAgency(agency, { baseUrl });
  }
  await installation.work(pino({ level: 'trace' }, { write: (line) => void logLines.push(line) }));
  ({ caseId } = await installation.submit(sampleForm('twins')));
  for (const [item, idNo] of [FIRST, SECOND].entries()) {
    await reaches(`household-registration.${item + 1}`, 'accepted');
    await approve(`household-registration.${item + 1}`, 1, idNo);
  }
  await reaches('social-security-card.1', 'done');
  await reaches('social-security-card.2', 'done');
  await reaches('medical-insurance-enrolment.2', 'done');
}, 120_000);
afterAll(async () => {
  await installation.close();
  office.closeAllConnections();
  office.close();
  await once(office, 'close');
});

describe('the number that the police give', () => {
  it('reaches the steps after it, each that of its own child', () => {
    const step = 'household-registration';
    expect(resultsOf('social-security-card.1')).toEqual([{ step, item: 1, values: { citizenIdNo: FIRST } }]);
    expect(resultsOf('social-security-card.2')).toEqual([{ step, item: 2, values: { citizenIdNo: SECOND } }]);
    expect(resultsOf('medical-insurance-enrolment.2')).toEqual([{ step, item: 2, values: { citizenIdNo: SECOND } }]);
  });

  it('is named in the record of what was disclosed', async () => {
    const disclosures = await listDisclosures(installation.db, caseId);
    expect(disclosures.find(({ stepId }) => stepId === 'social-security-card.1')?.fields).toContain(
      'result:household-registration.citizenIdNo',
    );
  });

  it('leaves its digest in the ledger, and no value', async () => {
    const ledger = await installation.ledger(caseId);
    expect(ledger).toContainEqual(
      expect.objectContaining({
        kind: 'step-decided',
        stepId: 'household-registration.1',
        result: expect.stringMatching(/^[\w-]{22}$/) as string,
      }),
    );
  });

  it('is no use to an agency that approves without a result of its own: its answer is kept, its step waits', async () => {
    await reaches(FAULTY, 'attention');
    expect(await installation.step(caseId, FAULTY)).toMatchObject({ attention: 'RESULT_INVALID' });
    expect(await installation.ledger(caseId)).toContainEqual(
      expect.objectContaining({ kind: 'step-attention', stepId: FAULTY, fields: ['insuranceNo'] }),
    );
    const { rows } = await listReviewQueue(
      installation.db,
      () => installation.cipher,
      { division: '', caseId },
      { limit: 10 },
    );
    expect(rows).toMatchObject([{ stepId: FAULTY, source: 'reply', code: 'RESULT_INVALID' }]);
    expect((await installation.step(caseId, 'medical-insurance-premium.1')).status).toBe('waiting');
  });

  it('is sent again when the police correct it, and a card that was made is for a person', async () => {
    const by = { role: 'supervisor', id: 'supervisor-1' } as const;
    await supervise({ kind: 'redo', id: 'redo-1', stepId: 'household-registration.1', by });
    await reaches('household-registration.1', 'accepted', 2);
    await approve('household-registration.1', 2, CORRECTED);
    await reaches('social-security-card.1', 'attention');
    await supervise({ kind: 'redo', id: 'redo-2', stepId: 'social-security-card.1', by });
    await reaches('social-security-card.1', 'done', 2);
    expect(resultsOf('social-security-card.1', 2)).toMatchObject([{ values: { citizenIdNo: CORRECTED } }]);
    expect((await installation.step(caseId, 'social-security-card.2')).round).toBe(1);
  });

  it('is in clear neither in Temporal nor in a log nor in a table', async () => {
    const history = await readHistory(installation, caseId);
    const logs = Buffer.from([...logLines, ...sdkLog.map((entry) => inspect(entry, { depth: Infinity }))].join('\n'));
    const { rows } = await installation.db.query<{ row: string }>(
      `select ledger::text as row from ledger union all select steps::text from steps
      union all select disclosures::text from disclosures union all select cases::text from cases
      union all select (message_id, message, outcome)::text from inbox`,
    );
    const tables = Buffer.from(rows.map(({ row }) => row).join('\n'));
    expect(rows.length).toBeGreaterThan(50);
    for (const place of [history, logs, tables]) {
      expect([FIRST, SECOND, CORRECTED].filter((idNo) => occurs(place, idNo))).toEqual([]);
    }
    // The search finds what is there.
    expect(occurs(history, 'household-registration.1')).toBe(true);
  });
});
