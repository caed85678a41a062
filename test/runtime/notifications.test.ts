import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { upsertAgency } from '../../db/agencies/agencies.ts';
import { putMessage, settleMessages } from '../../db/messages/inbox.ts';
import { readLedger } from '../../db/cases/ledger.ts';

import { writeProjection } from '../../db/cases/projection.ts';

import { openNotifications, watch } from '../../runtime/notifications.ts';
import { withClient } from '../../sandbox/database.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const CHANNELS = ['case_changed', 'start_requested', 'message_received', 'message_settled', 'agency_changed'] as const;

const startListening = (url = database.serviceUrl) => {
  const received: string[] = [];
  const log: string[] = [];
  const state = { connections: 0 };
  const notifications = openNotifications({ url, channels: CHANNELS, log: (line) => log.push(line) });
  for (const channel of CHANNELS) {
    notifications.on(channel, (payload) => {
      if (payload !== undefined) received.push(`${channel} ${payload}`);
    });
  }
  // Whenever listening begins, every listener is called without a detail.
  notifications.on('incident_changed', () => (state.connections += 1));
  onTestFinished(notifications.close);
  return { received, log, state, notifications };
};

describe('listening', () => {
  it('receives the events of a case, without the words', async () => {
    const { received, state } = startListening();
    await expect.poll(() => state.connections).toBe(1);
    const { db, cipher } = database;
    const { caseId } = await accept(database);
    const [entry] = await readLedger(db, caseId, 0, 1);
    await writeProjection(db, {
      caseId,
      prevSeq: 1,
      prevHash: entry!.hash,
      runs: ['run'],
      entries: [{ kind: 'case-accepted', at: 1 }],
      case: { status: 'accepted', gaps: [], ended: false, calendar: '2026.1' },
      steps: [],
      notices: [],
      dues: [],
    });
    const message = { kind: 'withdrawal', id: 'm-1', by: { role: 'clerk', id: 'clerk-1' } } as const;
    await putMessage(db, cipher, { caseId, messageId: 'm-1', source: 'window', message, body: { reason: '改变主意' } });
    await putMessage(db, cipher, { caseId, messageId: 'm-2', source: 'window', message, settled: { kind: 'applied' } });
    await settleMessages(db, [{ caseId, messageId: 'm-1', outcome: { kind: 'applied' } }]);
    await upsertAgency(db, cipher, {
      id: 'post',
      name: { zh: '邮政', en: 'Post' },
      connection: 'worklist',
      secrets: [],
      timeoutMs: 10_000,
      allowPrivate: false,
      maxInFlight: 16,
      nature: 'organ',
      enquireAfterS: 900,
    });
    await expect
      .poll(() => received)
      .toEqual([
        'start_requested ',
        `case_changed ${caseId}:2`,
        `message_received ${caseId}`,
        `message_settled applied:${caseId}:m-1`,
        'agency_changed post',
      ]);
  });

  it('reconnects after its connection was cut, and reports that, so that callers read again', async () => {
    const { received, log, state } = startListening();
    await expect.poll(() => state.connections).toBe(1);
    await withClient(database.adminUrl, (admin) =>
      admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`,
      ),
    );
    await expect.poll(() => state.connections, { timeout: 10_000 }).toBe(2);
    expect(log).toHaveLength(1);
    await accept(database);
    await expect.poll(() => received).toEqual(['start_requested ']);
  });

  it('waits for an unavailable database until it is closed', async () => {
    const { log, state, notifications } = startListening('postgres://nobody@127.0.0.1:1/none');
    await expect.poll(() => log.length).toBeGreaterThan(1);
    await notifications.close();
    expect(state.connections).toBe(0);
  });
});

describe('a watch', () => {
  const settle = async (caseId: string, messageId: string) => {
    const { db, cipher } = database;
    const message = { kind: 'withdrawal', id: messageId, by: { role: 'clerk', id: 'clerk-1' } } as const;
    await putMessage(db, cipher, { caseId, messageId, source: 'window', message });
    await settleMessages(db, [{ caseId, messageId, outcome: { kind: 'repeated' } }]);
  };
  const stillWaiting = new AbortController().signal;

  it('receives only its own message, with the kind of the outcome, also if that came before the wait', async () => {
    const { state, notifications } = startListening();
    await expect.poll(() => state.connections).toBe(1);
    const { caseId } = await accept(database);
    const [first, second] = ['w-1', 'w-2'].map((id) => watch(notifications, `message_settled:${caseId}:${id}`));
    onTestFinished(() => [first!, second!].forEach(({ stop }) => stop()));
    await settle(caseId, 'w-2');
    expect(await second!.wait(30_000, stillWaiting)).toBe('repeated');
    expect(await first!.wait(0, stillWaiting)).toBeUndefined();
    await settle(caseId, 'w-1');
    expect(await first!.wait(30_000, stillWaiting)).toBe('repeated');
  });

  it('ends when it is aborted', async () => {
    const { notifications } = startListening();
    const gone = new AbortController();
    const watched = watch(notifications, 'case_changed:none');
    onTestFinished(() => watched.stop());
    const waiting = watched.wait(3_600_000, gone.signal);
    gone.abort();
    expect(await waiting).toBeUndefined();
    expect(await watched.wait(3_600_000, gone.signal)).toBeUndefined();
  });
});
