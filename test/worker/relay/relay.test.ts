import { WorkflowClient, type WorkflowStartInput } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { readLedger } from '../../../db/cases/ledger.ts';
import { createPool } from '../../../db/sql/pool.ts';
import { writeProjection } from '../../../db/cases/projection.ts';
import { claimStarts } from '../../../db/messages/start-requests.ts';
import { startRelay, type Relay } from '../../../worker/relay/relay.ts';
import { caseWorkflowId, MATTERS_QUEUE } from '../../../workflows/names.ts';
import { install, type Installation } from '../../support/product.ts';
import { sampleForm } from '../../support/matters.ts';

const WAIT = { timeout: 30_000 };
const QUIET = pino({ level: 'silent' });

let installation: Installation;
let connection: NativeConnection;
const relays: Relay[] = [];
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  connection = await NativeConnection.connect({ address: installation.config.TEMPORAL_ADDRESS });
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});
afterAll(async () => {
  await connection.close();
  await installation.close();
});

/** Without a worker no case says anything that could be written. */
const failAsking = () => Promise.reject(new Error('who answered?'));
/** A relay alone, without a worker; it notes what it starts. */
const relay = () => {
  const started: string[] = [];
  const client = new WorkflowClient({
    connection,
    namespace: installation.config.TEMPORAL_NAMESPACE,
    interceptors: [
      {
        startWithDetails: (input: WorkflowStartInput, next) => {
          started.push(input.options.workflowId);
          return next(input);
        },
      },
    ],
  });
  relays.push(startRelay({ db: installation.db, client, record: failAsking, log: QUIET }));
  return started;
};
const submit = async (): Promise<string> => (await installation.submit(sampleForm('certificates-only'))).caseId;
const handle = (caseId: string) => installation.temporal.workflow.getHandle(caseWorkflowId(caseId));
const openStarts = async (): Promise<number> => {
  const { rows } = await installation.db.query<{ open: number }>(
    'select count(*) as open from start_requests where started_at is null',
  );
  return rows[0]!.open;
};
describe('starting cases', () => {
  it('starts each once with two relays side by side', async () => {
    const cases = await Promise.all(Array.from({ length: 30 }, submit));
    const started = [relay(), relay()];
    await expect.poll(openStarts, WAIT).toBe(0);
    expect(started.flat().sort()).toEqual(cases.map(caseWorkflowId).sort());
    expect(started.every((some) => some.length > 0)).toBe(true);
    const descriptions = await Promise.all(cases.map((caseId) => handle(caseId).describe()));
    expect(
      descriptions.every(({ type, taskQueue }) => type === 'newborn-registration' && taskQueue === MATTERS_QUEUE),
    ).toBe(true);
  });

  it('treats a case as started when an earlier attempt had arrived', async () => {
    const caseId = await submit();
    const options = { workflowId: caseWorkflowId(caseId), taskQueue: MATTERS_QUEUE, args: [] };
    await installation.temporal.workflow.start('newborn-registration', options);
    relay();
    await expect.poll(openStarts, WAIT).toBe(0);
  });

  it('takes over the claims of a relay that was killed', async () => {
    const caseId = await submit();
    const claimed = await claimStarts(installation.db, { limit: 100, leaseMs: 1_500 });
    expect(claimed.map((request) => request.caseId)).toContain(caseId);
    const started = relay();
    await expect.poll(openStarts, WAIT).toBe(0);
    expect(started).toContain(caseWorkflowId(caseId));
  });

  it('continues after Postgres was unavailable', async () => {
    const caseId = await submit();
    const db = createPool({ url: installation.config.databaseUrl, max: 2, name: 'unlucky' });
    const client = new WorkflowClient({ connection, namespace: installation.config.TEMPORAL_NAMESPACE });
    const query = db.query.bind(db) as (...args: unknown[]) => unknown;
    const postgres = { away: true, failures: 0 };
    db.query = ((...args: unknown[]) => {
      if (!postgres.away) return query(...args);
      postgres.failures += 1;
      return Promise.reject(new Error('Connection terminated unexpectedly'));
    }) as typeof db.query;
    const unlucky = startRelay({ db, client, record: failAsking, log: QUIET });
    await expect.poll(() => postgres.failures, WAIT).toBeGreaterThanOrEqual(4);
    postgres.away = false;
    await expect.poll(openStarts, WAIT).toBe(0);
    await unlucky.stop();
    await db.end();
    expect(await handle(caseId).describe()).toMatchObject({ type: 'newborn-registration' });
  });
});

describe('a message to a case that Temporal has forgotten', () => {
  it('settles by the ledger, and is refused if the ledger does not contain it', async () => {
    const caseId = await submit();
    await installation.db.query('update start_requests set started_at = now() where case_id = $1', [caseId]);
    const [first] = await readLedger(installation.db, caseId, 0, 1);
    const by = { role: 'applicant', id: 'applicant' } as const;
    const at = Date.now();
    await writeProjection(installation.db, {
      caseId,
      prevSeq: 1,
      prevHash: first!.hash,
      runs: ['run'],
      entries: [
        { kind: 'case-accepted', at },
        { kind: 'case-closing', closing: 'withdrawal', at, messageId: 'known', by },
        { kind: 'message-refused', at, messageId: 'refused', code: 'CASE_CLOSING' },
        { kind: 'case-ended', at, status: 'withdrawn' },
      ],
      case: { status: 'withdrawn', closing: 'withdrawal', gaps: [], ended: true, endedAt: at, calendar: '2026.1' },
      steps: [],
      notices: [],
      dues: [],
    });
    const ids = ['known', 'refused', 'new'];
    await Promise.all(ids.map((id) => installation.send(caseId, { kind: 'withdrawal', id, by })));
    relay();
    await expect
      .poll(() => Promise.all(ids.map((id) => installation.outcome(caseId, id))), WAIT)
      .toEqual([
        { kind: 'applied' },
        { kind: 'refused', code: 'CASE_CLOSING' },
        { kind: 'refused', code: 'CASE_ENDED' },
      ]);
  });
});
