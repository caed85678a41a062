import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { inject } from 'vitest';
import type { Activities } from '../../activities/index.ts';
import type { createStepActivities } from '../../activities/steps.ts';
import type { StepCall } from '../../activities/send.ts';
import type { LedgerEntry, LedgerTip } from '../../matters/engine/ledger.ts';
import type { Message, StepAnswer } from '../../matters/engine/messages.ts';
import type { Plan, PlanStep } from '../../matters/engine/plan.ts';
import { isCaseEnd } from '../../matters/engine/status.ts';
import type { CaseChanges } from '../../matters/projection/projection.ts';
import { bundle } from '../../worker/bundle.ts';
import {
  agencyQueue,
  caseWorkflowId,
  deliverUpdate,
  START_UPDATE_ID,
  stateQuery,
  unwrittenQuery,
  type CaseInput,
  type Delivered,
} from '../../workflows/messages.ts';
import { createNamespace } from '../support/temporal.ts';

/** A plan of two branches behind a check; `over` changes single steps. */
export const plan = (over: Record<string, Partial<PlanStep>> = {}): Plan => ({
  matter: 'test-matter',
  version: 1,
  hash: 'f'.repeat(64),
  partial: true,
  onSilence: 'return-case',
  steps: [
    step('check', [], { kind: 'verify' }),
    step('register', ['check'], { kind: 'register', undo: { class: 'withdraw' } }),
    step('card', ['register'], { kind: 'issue', undo: { class: 'void' } }),
    step('enrol', ['register'], { kind: 'register', undo: { class: 'stop' } }),
  ].map((one) => ({ ...one, ...over[one.id] })),
});

const step = (id: string, needs: string[], over: Partial<PlanStep>): PlanStep => ({
  id,
  agency: `${id}-agency`,
  kind: 'approve',
  needs: needs.length === 0 ? [] : [{ mode: 'all', of: needs }],
  undo: { class: 'none' },
  ...over,
});

export const approved = (call: { stepId: string; round: number }): StepAnswer => ({
  kind: 'decided',
  decision: 'approved',
  messageId: `reply:${call.stepId}:${call.round}`,
});

/** What the agencies do, and what the case did: the world outside the workflow, scripted by each test. */
export interface Rig {
  client: Client;
  /** Everything that was written after the front door's entry, in order. */
  ledger: LedgerEntry[];
  /** How often each way of writing was used. */
  writes: { activity: number; relay: number };
  /** As Postgres does: what is there already must be the same, the rest is appended. */
  write: (progress: CaseChanges) => { seq: number; hash: string };
  calls: { activity: string; stepId: string; round: number }[];
  caseId: string;
  /** Starts the case; its first entries are fetched as the relay does. */
  start: (plan: Plan) => Promise<void>;
  /** Resolves when they are written. */
  begun: () => Promise<void>;
  /** Delivers a message and writes what is handed over, as the relay does. */
  deliver: (message: Message, tip?: LedgerTip) => Promise<Delivered['outcomes'][number]>;
  /** The same for several in one update. */
  deliverTogether: (messages: Message[]) => Promise<Delivered['outcomes']>;
  /** Delivers a message, and dies before anything is written. */
  deliverAndDie: (message: Message, tip?: LedgerTip) => Promise<Delivered>;
  /** What the case has not seen written, as a relay asks that lost it. */
  unwritten: () => Promise<CaseChanges | undefined>;
  /** How far the ledger is. */
  tip: () => LedgerTip;
  state: () => ReturnType<typeof queryState>;
  /** How the case ended, when it has and its first entries are written. */
  result: () => Promise<unknown>;
  /** Stops the worker, and brings up another, as a deployment or a crash does. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

const deliverTo = (client: Client, caseId: string, updateId: string, messages: Message[], tip?: LedgerTip) =>
  client.workflow
    .getHandle(caseWorkflowId(caseId))
    .executeUpdate(deliverUpdate, { args: [{ messages, at: Date.now(), ...(tip && { tip }) }], updateId });
const queryState = (client: Client, caseId: string) =>
  client.workflow.getHandle(caseWorkflowId(caseId)).query(stateQuery);

const hashAt = (seq: number): string => seq.toString(16).padStart(64, '0');

// What the SDK tells at every start and stop of a worker would bury what a test has to say.
Runtime.install({ logger: new DefaultLogger('ERROR') });

let bundled: Promise<WorkflowBundleOption> | undefined;

/** What the agencies answer, and what Postgres says; when, is added here. */
export type Script = Partial<ReturnType<typeof createStepActivities> & Pick<Activities, 'recordProgress'>>;

/** A worker with scripted activities, in a namespace of its own. */
export const createRig = async (script: Script): Promise<Rig> => {
  bundled ??= bundle().then((code) => ({ code }));
  const workflowBundle = await bundled;
  const address = inject('servers').temporalAddress;
  const connection = await NativeConnection.connect({ address });
  const { temporal: client, namespace } = await createNamespace(address);
  const taskQueue = `test-${randomUUID()}`;
  const caseId = randomUUID();
  const ledger: LedgerEntry[] = [];
  const writes = { activity: 0, relay: 0 };
  // Here an entry's number is the hash.
  const write = ({ prevSeq, prevHash, entries }: CaseChanges) => {
    if (prevHash !== hashAt(prevSeq)) throw new Error(`after entry ${prevSeq} comes no hash ${prevHash}`);
    entries.forEach((entry, index) => {
      const place = prevSeq - 1 + index;
      if (place > ledger.length) throw new Error(`the ledger ends before entry ${prevSeq}`);
      const known = (ledger[place] ??= entry);
      if (JSON.stringify(known) !== JSON.stringify(entry)) throw new Error(`entry ${place + 2} is another`);
    });
    const seq = prevSeq + entries.length;
    return { seq, hash: hashAt(seq) };
  };
  const calls: Rig['calls'] = [];
  const noted = <Call extends StepCall, Answer>(activity: string, act: (call: Call) => Promise<Answer>) => {
    return async (call: Call) => {
      calls.push({ activity, stepId: call.stepId, round: call.round });
      return { ...(await act(call)), at: Date.now() };
    };
  };
  const activities: Activities = {
    trySubmitStep: noted('trySubmitStep', script.trySubmitStep ?? (async (call) => approved(call))),
    submitStep: noted('submitStep', script.submitStep ?? (async (call) => approved(call))),
    undoStep: noted('undoStep', script.undoStep ?? (async () => ({ kind: 'undone' as const }))),
    recordProgress:
      script.recordProgress ??
      (async (progress) => {
        writes.activity += 1;
        return write(progress);
      }),
    makeDailyReports: async () => [],
  };
  const agencies = plan().steps.map((one) => one.agency);

  let workers: { worker: Worker; done: Promise<void> }[] = [];
  const launch = async () => {
    const created = await Promise.all([
      Worker.create({ connection, namespace, taskQueue, workflowBundle, activities }),
      ...agencies.map((agency) =>
        Worker.create({
          connection,
          namespace,
          taskQueue: agencyQueue(agency),
          activities,
          maxConcurrentActivityTaskPolls: 1,
        }),
      ),
    ]);
    workers = created.map((worker) => ({ worker, done: worker.run() }));
  };
  const stop = async () => {
    workers.forEach(({ worker }) => worker.shutdown());
    await Promise.all(workers.map(({ done }) => done));
  };
  await launch();

  const fetch = async (updateId: string, messages: Message[], tip?: LedgerTip) => {
    const { outcomes, progress } = await deliverTo(client, caseId, updateId, messages, tip);
    if (progress) {
      writes.relay += 1;
      write(progress);
    }
    return outcomes;
  };
  let begun: Promise<unknown> = Promise.resolve();

  return {
    client,
    ledger,
    writes,
    write,
    calls,
    caseId,
    start: async (of) => {
      const input: CaseInput = { caseId, plan: of, receivedAt: Date.now(), ledgerHash: hashAt(1) };
      await client.workflow.start(of.matter, { taskQueue, workflowId: caseWorkflowId(caseId), args: [input] });
      begun = fetch(START_UPDATE_ID, []);
      // A test that ends the case's world before it answers does not wait for it.
      begun.catch(() => undefined);
    },
    begun: async () => {
      await begun;
    },
    deliver: async (message, tip) => {
      const [outcome] = await fetch(message.id, [message], tip);
      return outcome!;
    },
    deliverTogether: (messages) => fetch(messages.map(({ id }) => id).join('+'), messages),
    deliverAndDie: (message, tip) => deliverTo(client, caseId, message.id, [message], tip),
    unwritten: () => client.workflow.getHandle(caseWorkflowId(caseId)).query(unwrittenQuery),
    tip: () => {
      const seq = ledger.length + 1;
      return { seq, hash: hashAt(seq), entry: ledger.at(-1)! };
    },
    state: () => queryState(client, caseId),
    result: async () => {
      const status: unknown = await client.workflow.getHandle(caseWorkflowId(caseId)).result();
      await begun;
      return status;
    },
    restart: async () => {
      await stop();
      await launch();
    },
    close: async () => {
      // A case that a test left open would be polled for by later ones.
      const handle = client.workflow.getHandle(caseWorkflowId(caseId));
      const open = await handle.query(stateQuery).then(
        (state) => !isCaseEnd(state.status),
        () => false,
      );
      if (open) await handle.terminate('the test is over');
      await stop();
      await client.connection.close();
      await connection.close();
    },
  };
};
