import { randomUUID } from 'node:crypto';
import { WorkflowClient } from '@temporalio/client';
import { pino } from 'pino';
import { expect, inject } from 'vitest';
import { verifyLedger } from '../../db/cases/ledger-verification.ts';
import { listNotices } from '../../db/cases/notices.ts';
import type { DecisionReply } from '../../agencies/contract.ts';
import type { Message } from '../../domain/case/messages.ts';
import { getStep } from '../../domain/matter/compile.ts';
import type { WaitDetail } from '../../domain/waiting/causes.ts';
import { withClient } from '../../sandbox/database.ts';
import { runWatcher } from '../../watcher/run.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { sampleForm } from '../support/matters.ts';
import { install, type Installation } from '../support/product.ts';

export const WAIT = { timeout: 60_000, interval: 200 };
export const CHECK = 'marriage-check';
export const CERTIFICATE = 'birth-certificate';
export const SUPERVISOR = { role: 'supervisor', id: 'supervisor-1' } as const;

export interface Rig {
  installation: Installation;
  /** Does `work` while neither a worker nor a watcher runs. */
  whileStopped: (work: () => Promise<void>) => Promise<void>;
  close: () => Promise<void>;
}

/** One agency holds its requests, one has a worklist, all others decide at once. */
export const openRig = async (): Promise<Rig> => {
  const installation = await install(inject('servers'));
  const matter = installation.matter();
  await installation.behaveAll({ mode: 'decide' });
  await installation.behave(getStep(matter, CHECK).agency, { mode: 'hold' });
  await installation.setAgency(getStep(matter, CERTIFICATE).agency, { connection: 'worklist' });
  const start = () =>
    Promise.all([
      installation.work(),
      runWatcher({ ...installation.config, WATCHER_PORT: 0, WATCHER_HOST: '127.0.0.1' }, pino({ level: 'silent' })),
    ]);
  let running: { stop: () => Promise<void> }[] = await start();
  const stop = async () => {
    const stopping = running;
    running = [];
    await Promise.all(stopping.map((one) => one.stop()));
  };
  return {
    installation,
    whileStopped: async (work) => {
      await stop();
      await work();
      running = await start();
    },
    close: async () => {
      await stop();
      await installation.close();
    },
  };
};

/**
 * Copies everything that Postgres has. The result puts it back, as if Postgres were restored from
 * that copy.
 */
export const copyPostgres = async ({ installation: { ownerUrl } }: Rig): Promise<() => Promise<void>> => {
  const url = new URL(inject('servers').postgres.adminUrl);
  url.pathname = new URL(ownerUrl).pathname;
  const { rows: tables } = await withClient(url.href, async (client) => {
    await client.query('create schema copy');
    return client.query<Table>(
      `select quote_ident(table_name) as name, string_agg(quote_ident(column_name), ', ') as columns
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER' group by table_name`,
    );
  });
  const forAll = async (statement: (table: Table) => string): Promise<void> =>
    withClient(url.href, async (client) => {
      // Without triggers and foreign keys.
      await client.query('set session_replication_role = replica');
      await client.query('begin');
      for (const table of tables) await client.query(statement(table));
      await client.query('commit');
    });
  await forAll(({ name, columns }) => `create table copy.${name} as select ${columns} from public.${name}`);
  return async () => {
    await forAll(({ name }) => `delete from public.${name}`);
    await forAll(
      ({ name, columns }) => `insert into public.${name} (${columns}) overriding system value table copy.${name}`,
    );
  };
};

interface Table {
  name: string;
  /** Those that are not computed from others. */
  columns: string;
}

export const useCases = ({ installation }: Rig) => {
  const { temporal, db, config } = installation;
  const { connection, workflowService: service } = temporal;
  const client = () => new WorkflowClient({ connection, namespace: config.TEMPORAL_NAMESPACE });
  const handleOf = (caseId: string) => client().getHandle(caseWorkflowId(caseId));
  const statusOf = async (caseId: string, stepId: string) => (await installation.step(caseId, stepId)).status;
  const entriesOf = async (caseId: string, kind: string) =>
    (await installation.ledger(caseId)).filter((entry) => entry.kind === kind);
  const agencyOf = (stepId: string) => getStep(installation.matter(), stepId).agency;
  /** The officer of the worklist approves. */
  const approve = (caseId: string): Promise<unknown> => {
    const by = { role: 'agency', id: agencyOf(CERTIFICATE) } as const;
    const id = randomUUID();
    return installation.send(caseId, { kind: 'decision', id, stepId: CERTIFICATE, round: 1, decision: 'approved', by });
  };
  /** The agency decides about the request that it holds. */
  const answer = (caseId: string, decision: DecisionReply, round = 1): Promise<unknown> =>
    installation.answer(agencyOf(CHECK), `${caseId}:${CHECK}:${round}`, decision);

  return {
    client,
    handleOf,
    statusOf,
    entriesOf,
    /** The number of open stalls with this detail. */
    countStalls: async (detail: WaitDetail): Promise<number> => {
      const { rowCount } = await db.query('select from stalls where cleared_at is null and detail = $1', [detail]);
      return rowCount ?? 0;
    },
    approve,
    answer,
    /** The decisions for which it waits. */
    decide: async (caseId: string): Promise<void> => {
      await approve(caseId);
      await answer(caseId, { decision: 'approved' });
    },
    /** Waits for an agency with one step, and for an officer with another. */
    startWaiting: async (): Promise<string> => {
      const { caseId } = await installation.submit(sampleForm('certificates-only'));
      await expect.poll(() => statusOf(caseId, CHECK), WAIT).toBe('accepted');
      await expect.poll(() => statusOf(caseId, CERTIFICATE), WAIT).toBe('accepted');
      return caseId;
    },
    /** Waits for the applicant, who was notified of what is missing. */
    askForSupplement: async (caseId: string): Promise<void> => {
      await approve(caseId);
      await answer(caseId, { decision: 'supplement', supplements: [{ field: 'mother.idNo', reason: 'unreadable' }] });
      await expect.poll(async () => (await listNotices(db, caseId))[0]?.status, WAIT).toBe('open');
    },
    answerSupplement: async (caseId: string): Promise<void> => {
      const [notice] = await listNotices(db, caseId);
      const { id: noticeId, items } = notice!;
      const message: Message = {
        ...{ kind: 'supplement-answer', id: randomUUID(), by: { role: 'applicant', id: 'applicant' }, noticeId },
        ...{ items: items.map(({ id }) => id), affected: [] },
      };
      await installation.send(caseId, message);
      await expect.poll(() => statusOf(caseId, CHECK), WAIT).toBe('accepted');
      await answer(caseId, { decision: 'approved' }, 2);
    },
    terminate: (caseId: string): Promise<unknown> => handleOf(caseId).terminate('by mistake'),
    remove: (caseId: string): Promise<unknown> =>
      service.deleteWorkflowExecution({
        namespace: config.TEMPORAL_NAMESPACE,
        workflowExecution: { workflowId: caseWorkflowId(caseId) },
      }),
    reset: async (caseId: string): Promise<unknown> => {
      const handle = handleOf(caseId);
      const { events } = await handle.fetchHistory();
      const first = events?.find(({ workflowTaskCompletedEventAttributes: completed }) => Boolean(completed));
      const { runId } = await handle.describe();
      return service.resetWorkflowExecution({
        ...{ namespace: config.TEMPORAL_NAMESPACE, requestId: randomUUID(), reason: 'by mistake' },
        workflowExecution: { workflowId: handle.workflowId, runId },
        workflowTaskFinishEventId: first!.eventId!,
      });
    },
    ended: async (caseId: string): Promise<void> => {
      await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
      await installation.settled(caseId);
      expect(await verifyLedger(db, caseId)).toEqual([]);
      // One effect at each agency for each request.
      for (const entry of await entriesOf(caseId, 'step-decided')) {
        const requestId = 'round' in entry ? `${caseId}:${entry.stepId}:${entry.round}` : '';
        const count = requestId.includes(CERTIFICATE) ? 0 : 1;
        expect(await installation.effects(requestId), requestId).toHaveLength(count);
      }
    },
  };
};
