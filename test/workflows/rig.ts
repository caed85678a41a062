import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import type { StepCall } from '../../activities/send.ts';
import type { LedgerEntry } from '../../matters/engine/ledger.ts';
import type { Message, StepAnswer } from '../../matters/engine/messages.ts';
import type { Plan, PlanStep } from '../../matters/engine/plan.ts';
import { isCaseEnd } from '../../matters/engine/status.ts';
import { bundle } from '../../worker/bundle.ts';
import { agencyQueue, caseWorkflowId, deliverUpdate, stateQuery, type CaseInput } from '../../workflows/messages.ts';
import { temporalServer } from '../support/temporal.ts';

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
  /** Everything that `recordProgress` was given, in order. */
  ledger: LedgerEntry[];
  calls: { activity: string; stepId: string; round: number }[];
  caseId: string;
  start: (plan: Plan) => Promise<void>;
  deliver: (message: Message) => ReturnType<typeof deliverTo>;
  state: () => ReturnType<typeof queryState>;
  result: () => Promise<unknown>;
  /** Stops the worker, and brings up another, as a deployment or a crash does. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

const deliverTo = (client: Client, caseId: string, message: Message) =>
  client.workflow
    .getHandle(caseWorkflowId(caseId))
    .executeUpdate(deliverUpdate, { args: [message], updateId: message.id });
const queryState = (client: Client, caseId: string) =>
  client.workflow.getHandle(caseWorkflowId(caseId)).query(stateQuery);

// What the SDK tells at every start and stop of a worker would bury what a test has to say.
Runtime.install({ logger: new DefaultLogger('ERROR') });

let bundled: Promise<WorkflowBundleOption> | undefined;

/** A worker with scripted activities on queues of its own. */
export const createRig = async (script: Partial<Activities>): Promise<Rig> => {
  bundled ??= bundle().then((code) => ({ code }));
  const workflowBundle = await bundled;
  const { address, namespace } = temporalServer();
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const taskQueue = `test-${randomUUID()}`;
  const caseId = randomUUID();
  const ledger: LedgerEntry[] = [];
  const calls: Rig['calls'] = [];
  const noted = <Call extends StepCall, Answer>(activity: string, act: (call: Call) => Promise<Answer>) => {
    return (call: Call) => {
      calls.push({ activity, stepId: call.stepId, round: call.round });
      return act(call);
    };
  };
  const activities: Activities = {
    trySubmitStep: noted('trySubmitStep', script.trySubmitStep ?? (async (call) => approved(call))),
    submitStep: noted('submitStep', script.submitStep ?? (async (call) => approved(call))),
    undoStep: noted('undoStep', script.undoStep ?? (async () => ({ kind: 'undone' as const }))),
    recordProgress:
      script.recordProgress ??
      (async ({ prevSeq, entries }) => {
        ledger.push(...entries);
        return { seq: prevSeq + entries.length, hash: 'ab'.repeat(32) };
      }),
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

  return {
    client,
    ledger,
    calls,
    caseId,
    start: async (of) => {
      const input: CaseInput = { caseId, plan: of, receivedAt: Date.now(), ledgerHash: '00'.repeat(32) };
      await client.workflow.start(of.matter, { taskQueue, workflowId: caseWorkflowId(caseId), args: [input] });
    },
    deliver: (message) => deliverTo(client, caseId, message),
    state: () => queryState(client, caseId),
    result: () => client.workflow.getHandle(caseWorkflowId(caseId)).result(),
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
