import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { claimMessages, openBody, putMessage } from '../../../db/messages/inbox.ts';
import { verifyLedger } from '../../../db/cases/ledger-verification.ts';
import type { DecisionKind, Message } from '../../../domain/case/messages.ts';
import { withClient } from '../../../sandbox/database.ts';
import { stateQuery } from '../../../workflows/messages.ts';
import { caseWorkflowId } from '../../../workflows/names.ts';
import { install, type Installation } from '../../support/product.ts';
import { sampleForm } from '../../support/matters.ts';

const WAIT = { timeout: 30_000 };

let installation: Installation;
const warnings: { caseId?: string }[] = [];
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  await installation.work(
    pino({ level: 'warn' }, { write: (line) => void warnings.push(JSON.parse(line) as { caseId?: string }) }),
  );
});
afterAll(() => installation.close());

const submit = async (): Promise<string> => (await installation.submit(sampleForm('certificates-only'))).caseId;
const startAccepted = async (): Promise<string> => {
  const caseId = await submit();
  await vi.waitFor(async () => {
    expect(await installation.step(caseId, 'marriage-check')).toMatchObject({ status: 'accepted' });
    expect(await installation.step(caseId, 'birth-certificate')).toMatchObject({ status: 'accepted' });
  }, WAIT);
  return caseId;
};
const handle = (caseId: string) => installation.temporal.workflow.getHandle(caseWorkflowId(caseId));
const createWithdrawal = (id: string): Message => ({
  kind: 'withdrawal',
  id,
  by: { role: 'applicant', id: 'applicant' },
});
const createDecision = (
  id: string,
  stepId: string,
  agency: string,
  what: DecisionKind = 'approved',
  round = 1,
): Message => ({
  kind: 'decision',
  id,
  stepId,
  round,
  decision: what,
  by: { role: 'agency', id: agency },
});
/** What a message comes to, when it is known. */
const outcome = (caseId: string, messageId: string) =>
  vi.waitFor(async () => {
    const found = await installation.outcome(caseId, messageId);
    if (!found) throw new Error(`${messageId} has no outcome`);
    return found;
  }, WAIT);
const entriesOf = async (caseId: string, messageId: string) =>
  (await installation.ledger(caseId)).filter((entry) => 'messageId' in entry && entry.messageId === messageId);
/** As if the relay had died between dispatching and writing the outcome. */
const forgetOutcome = (caseId: string, messageId: string) =>
  installation.db.query('update inbox set settled_at = null, outcome = null where case_id = $1 and message_id = $2', [
    caseId,
    messageId,
  ]);
/** A case that Temporal has and no worker runs, so it answers nothing. */
const startStuckCase = async (): Promise<string> => {
  const caseId = uuidv7();
  // Before the relay starts it where there is a worker.
  await installation.temporal.workflow.start('newborn-registration', {
    workflowId: caseWorkflowId(caseId),
    taskQueue: 'nobody',
    args: [],
  });
  await installation.submit(sampleForm('certificates-only'), { caseId });
  return caseId;
};

describe('a message', () => {
  it.concurrent('waits for the start of its case, and is then delivered in its first attempt', async () => {
    const { caseId } = await installation.submit(sampleForm('certificates-only'));
    await installation.send(caseId, createWithdrawal('early'));
    expect(await outcome(caseId, 'early')).toEqual({ kind: 'applied' });
    const { rows } = await installation.db.query<{ attempts: number; waited: boolean }>(
      `select inbox.attempts, settled_at > started_at as waited from inbox join start_requests using (case_id)
      where case_id = $1`,
      [caseId],
    );
    expect(rows).toEqual([{ attempts: 1, waited: true }]);
  });

  it.concurrent('settles with its refusal, and names the first decider', async () => {
    const caseId = await startAccepted();
    await installation.send(caseId, createDecision('first', 'marriage-check', 'civil-affairs'));
    expect(await outcome(caseId, 'first')).toEqual({ kind: 'applied' });
    await installation.send(caseId, createDecision('second', 'marriage-check', 'civil-affairs', 'refused'));
    expect(await outcome(caseId, 'second')).toMatchObject({
      kind: 'refused',
      code: 'STEP_ALREADY_DECIDED',
      first: { messageId: 'first' },
    });
  });

  it.concurrent('about a round that has not begun is dispatched again, which is no fault', async () => {
    const caseId = await startAccepted();
    await installation.send(caseId, createDecision('ahead', 'marriage-check', 'civil-affairs', 'approved', 2));
    const attempts = async () =>
      (await installation.db.query<{ attempts: number }>('select attempts from inbox where case_id = $1', [caseId]))
        .rows;
    await vi.waitFor(async () => expect(await attempts()).toEqual([{ attempts: 2 }]), WAIT);
    expect(warnings.filter((line) => line.caseId === caseId)).toEqual([]);
  });

  it.concurrent('counts once when a relay is killed after dispatching it', async () => {
    const caseId = await startAccepted();
    await installation.send(caseId, createDecision('m1', 'marriage-check', 'civil-affairs'));
    expect(await outcome(caseId, 'm1')).toEqual({ kind: 'applied' });
    await forgetOutcome(caseId, 'm1');
    expect(await outcome(caseId, 'm1')).toEqual({ kind: 'applied' });
    expect(await entriesOf(caseId, 'm1')).toHaveLength(1);
  });

  it.concurrent('is settled from the ledger when it is repeated, without another update', async () => {
    const caseId = await startAccepted();
    const by = { role: 'supervisor', id: 'supervisor-1' } as const;
    for (const id of ['u1', 'u2']) {
      await installation.send(caseId, { kind: 'urge', id, stepId: 'marriage-check', by });
      await outcome(caseId, id);
    }
    const countUpdates = async () => {
      const { events = [] } = await handle(caseId).fetchHistory();
      return events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
    };
    const before = await countUpdates();
    // Together they would be an update with an id that Temporal does not know.
    await installation.db.query('update inbox set settled_at = null, outcome = null where case_id = $1', [caseId]);
    for (const id of ['u1', 'u2']) expect(await outcome(caseId, id)).toEqual({ kind: 'applied' });
    expect(await countUpdates()).toBe(before);
  });

  it('has no outcome until what follows from it is written, and is then not applied again', async () => {
    const caseId = await startAccepted();
    const countAttempts = async () => {
      const { rows } = await installation.db.query<{ attempts: number }>(
        'select attempts from inbox where case_id = $1',
        [caseId],
      );
      return rows[0]!.attempts;
    };
    const runAsOwner = (statement: string) => withClient(installation.ownerUrl, (client) => client.query(statement));
    await runAsOwner('revoke insert on ledger from one_matter_service');
    await installation.send(caseId, createDecision('m1', 'marriage-check', 'civil-affairs'));
    await expect
      .poll(async () => (await handle(caseId).query(stateQuery)).steps['marriage-check']?.status, WAIT)
      .toBe('done');
    // As if the lease had lapsed: to the relay that comes next, the case says the same.
    const release = 'update inbox set claimed_until = null where settled_at is null';
    const releaseAndCount = async () => (await installation.db.query(release), countAttempts());
    await expect.poll(releaseAndCount, WAIT).toBeGreaterThanOrEqual(3);
    expect(await installation.outcome(caseId, 'm1')).toBeUndefined();
    expect(await entriesOf(caseId, 'm1')).toEqual([]);

    await runAsOwner('grant insert on ledger to one_matter_service');
    await installation.db.query(release);
    expect(await outcome(caseId, 'm1')).toEqual({ kind: 'applied' });
    expect(await entriesOf(caseId, 'm1')).toHaveLength(1);
    expect(await verifyLedger(installation.db, caseId)).toEqual([]);
  });

  it('is taken over from a relay that was killed before dispatching it', async () => {
    const caseId = await startAccepted();
    const message = createWithdrawal('taken');
    // No notification: the relay under way must not be the first.
    const client = await installation.db.connect();
    await client.query('begin');
    await putMessage(client, installation.cipher, { caseId, messageId: message.id, source: 'window', message });
    await client.query(`update inbox set claimed_until = now() + interval '1500 ms' where case_id = $1`, [caseId]);
    await client.query('commit');
    client.release();
    const claimed = await claimMessages(installation.db, { limit: 10, leaseMs: 1_000, perCase: 4 });
    expect(claimed.filter((one) => one.caseId === caseId)).toEqual([]);
    expect(await outcome(caseId, 'taken')).toEqual({ kind: 'applied' });
  });

  it('is delivered also when it is one of many to its case', async () => {
    const caseId = await startAccepted();
    const ids = Array.from({ length: 25 }, (_, index) => `again-${index}`);
    await Promise.all(
      ids.map((id) => installation.send(caseId, createDecision(id, 'marriage-check', 'civil-affairs'))),
    );
    for (const id of ids) expect(await outcome(caseId, id)).toBeDefined();
    const outcomes = await Promise.all(ids.map((id) => installation.outcome(caseId, id)));
    expect(outcomes.filter((one) => one?.kind === 'applied')).toHaveLength(1);
    expect(outcomes.filter((one) => one?.kind === 'repeated')).toHaveLength(24);
  });
});

describe('the end of a case', () => {
  it('is written by the next relay when the relay that read it was killed', async () => {
    const caseId = await startAccepted();
    const runAsOwner = (statement: string) => withClient(installation.ownerUrl, (client) => client.query(statement));
    await runAsOwner('revoke insert on ledger from one_matter_service');
    await installation.send(caseId, createWithdrawal('w1'));
    await handle(caseId).result();
    expect(await installation.status(caseId)).toBe('accepted');
    await runAsOwner('grant insert on ledger to one_matter_service');
    // With another message beside it, it is no longer the update that Temporal knows.
    await installation.send(caseId, createDecision('late', 'marriage-check', 'civil-affairs'));
    await installation.db.query('update inbox set claimed_until = null where settled_at is null');
    expect(await outcome(caseId, 'w1')).toEqual({ kind: 'applied' });
    expect(await outcome(caseId, 'late')).toEqual({ kind: 'refused', code: 'CASE_ENDED' });
    expect(await installation.status(caseId)).toBe('withdrawn');
    expect(await verifyLedger(installation.db, caseId)).toEqual([]);
  });
});

describe('a message to a case that has ended', () => {
  const startEnded = async (): Promise<string> => {
    const caseId = await startAccepted();
    await installation.send(caseId, createWithdrawal('w1'));
    await vi.waitFor(async () => expect(await installation.status(caseId)).toBe('withdrawn'), WAIT);
    await handle(caseId).result();
    return caseId;
  };

  it.concurrent('is refused because the case has ended', async () => {
    const caseId = await startEnded();
    await installation.send(caseId, createDecision('late', 'marriage-check', 'civil-affairs'));
    expect(await outcome(caseId, 'late')).toEqual({ kind: 'refused', code: 'CASE_ENDED' });
  });

  it.concurrent('settles as it was recorded where it was applied before', async () => {
    const caseId = await startEnded();
    await forgetOutcome(caseId, 'w1');
    expect(await outcome(caseId, 'w1')).toEqual({ kind: 'applied' });
  });

  it('is a repetition when it repeats what its agency had decided', async () => {
    await installation.behaveAll({ mode: 'decide' });
    const caseId = await submit();
    await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
    await handle(caseId).result();
    await installation.behaveAll({ mode: 'hold' });
    const { messageId } = await installation.step(caseId, 'marriage-check');
    const { rows } = await installation.db.query<{ body: Buffer }>(
      'select body from inbox where case_id = $1 and message_id = $2',
      [caseId, messageId],
    );
    const words = openBody(installation.cipher, caseId, messageId!, rows[0]!.body);
    await installation.send(caseId, createDecision('again', 'marriage-check', 'civil-affairs'), words);
    expect(await outcome(caseId, 'again')).toEqual({ kind: 'repeated' });
  });

  it('reopens the case when it corrects a value that a step used', async () => {
    await installation.behaveAll({ mode: 'decide' });
    const caseId = await submit();
    await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
    await installation.behaveAll({ mode: 'hold' });
    await handle(caseId).result();
    const by = { role: 'clerk', id: 'clerk-1' } as const;
    const createCorrection = (id: string): Message => ({ kind: 'correction', id, affected: ['marriage-check'], by });
    // Of two at once one begins the new run; the other goes to that.
    await Promise.all(['c1', 'c2'].map((id) => installation.send(caseId, createCorrection(id))));
    expect(await outcome(caseId, 'c1')).toMatchObject({ kind: 'applied' });
    expect(await outcome(caseId, 'c2')).toMatchObject({ kind: 'applied' });
    await expect.poll(() => installation.step(caseId, 'marriage-check'), WAIT).toMatchObject({ round: 3 });
    await installation.send(caseId, createDecision('again', 'marriage-check', 'civil-affairs', 'approved', 3));
    await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
    expect(await verifyLedger(installation.db, caseId)).toEqual([]);
  });
});

describe('a case that cannot answer', () => {
  it('has no message refused because its workflow was terminated by hand', async () => {
    const caseId = await startAccepted();
    await handle(caseId).terminate('by mistake');
    await installation.send(caseId, createWithdrawal('w1'));
    const countAttempts = async () => {
      const { rows } = await installation.db.query<{ attempts: number }>(
        'select attempts from inbox where case_id = $1 and claimed_until > now()',
        [caseId],
      );
      return rows[0]?.attempts ?? 0;
    };
    await vi.waitFor(async () => expect(await countAttempts()).toBeGreaterThanOrEqual(2), WAIT);
    expect(await installation.outcome(caseId, 'w1')).toBeUndefined();
    expect(await installation.status(caseId)).toBe('accepted');
    await installation.db.query(`update inbox set settled_at = now(), outcome = '{}' where case_id = $1`, [caseId]);
  });

  it('delays no other case, also when more such cases wait than are delivered at once', async () => {
    const caseId = await startAccepted();
    const stuck = await Promise.all(Array.from({ length: 20 }, startStuckCase));
    await Promise.all(
      stuck.flatMap((other) =>
        [1, 2, 3, 4].map((count) => installation.send(other, createWithdrawal(`stuck-${count}`))),
      ),
    );
    await installation.send(caseId, createWithdrawal('w1'));
    await expect.poll(() => installation.outcome(caseId, 'w1'), { timeout: 10_000 }).toEqual({ kind: 'applied' });
    expect(await installation.outcome(stuck[0]!, 'stuck-1')).toBeUndefined();
  });
});
