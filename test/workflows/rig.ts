import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { Activities } from '../../activities/index.ts';
import type { createStepActivities } from '../../activities/steps.ts';
import type { StepCall } from '../../exchange/step-call.ts';
import type { LedgerEntry, LedgerTip } from '../../domain/case/ledger.ts';
import type { Message, StepAnswer } from '../../domain/case/messages.ts';
import type { Plan } from '../../domain/case/plan.ts';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import type { CaseState } from '../../domain/case/state.ts';
import {
  dispatchUpdate,
  stateQuery,
  unwrittenQuery,
  type CaseInput,
  type BatchResult,
} from '../../workflows/messages.ts';
import { agencyQueue, caseWorkflowId, START_UPDATE_ID } from '../../workflows/names.ts';
import { branchingPlan } from '../support/matters.ts';
import { createNamespace } from '../support/temporal.ts';

export const approve = (call: { stepId: string; round: number }): StepAnswer => ({
  kind: 'decided',
  decision: 'approved',
  messageId: `reply:${call.stepId}:${call.round}`,
});

/** Something that one side waits for and the other lets happen. */
export const createGate = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

// The SDK logs every start and stop of a worker, which would hide the output of the tests.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

/** The answers of the agencies and of Postgres; the rig adds their times. */
export type Script = Partial<ReturnType<typeof createStepActivities> & Pick<Activities, 'writeProjection'>>;

/** A case, and the world outside its workflow, scripted by the test. */
export interface TestCase {
  caseId: string;
  handle: WorkflowHandle;
  /** All entries that were written after the submission, in order. */
  ledger: LedgerEntry[];
  /** The number of uses of each way of writing. */
  writes: { activity: number; relay: number };
  /** Appends new entries, as Postgres does; existing entries must be equal. */
  write: (changes: CaseChanges) => { seq: number; hash: string };
  calls: { activity: string; stepId: string; round: number }[];
  /** Starts the case; its first entries are fetched as the relay does. */
  start: (plan: Plan, change?: Partial<CaseInput>) => Promise<void>;
  /** Resolves when they are written. */
  begun: () => Promise<void>;
  /** Delivers a message and writes what is handed over, as the relay does. */
  dispatch: (message: Message, tip?: LedgerTip) => Promise<BatchResult['outcomes'][number]>;
  /** The same for several in one update. */
  deliverTogether: (messages: Message[]) => Promise<BatchResult['outcomes']>;
  /** Delivers a message and ends before anything is written, as a crashed relay does. */
  deliverAndDie: (message: Message, tip?: LedgerTip) => Promise<BatchResult>;
  /** The entries that the case has not seen written, for a relay that lost them. */
  listUnwritten: () => Promise<CaseChanges | undefined>;
  /** The number of the last entry. */
  tip: () => LedgerTip;
  state: () => Promise<CaseState>;
  /** The result of the case when it has ended and its first entries are written. */
  result: () => Promise<unknown>;
}

/** A namespace and workers with scripted activities, for any number of cases at a time. */
export interface Rig {
  /** A case that is not started yet. */
  open: (script?: Script) => TestCase;
  /** Replaces the workers, as a deployment or a crash does. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

const hashAt = (seq: number): string => seq.toString(16).padStart(64, '0');

/** The entries of a case as in Postgres; the number of an entry serves as its hash. */
const createLedger = () => {
  const ledger: LedgerEntry[] = [];
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
  return { ledger, write };
};

/** The part of a case that the activities see. */
type CaseScript = Pick<TestCase, 'calls' | 'writes' | 'write'> & { script: Script };

/** The activities of all cases: each does what the script of its case says. */
const scriptedActivities = (worldOf: (caseId: string) => CaseScript): Activities => {
  const noted =
    <Call extends StepCall, Answer>(activity: string, actOf: (script: Script) => (call: Call) => Promise<Answer>) =>
    async (call: Call) => {
      const { calls, script } = worldOf(call.caseId);
      calls.push({ activity, stepId: call.stepId, round: call.round });
      return { ...(await actOf(script)(call)), at: Date.now() };
    };
  const approves = async (call: StepCall) => approve(call);
  return {
    trySubmitStep: noted('trySubmitStep', ({ trySubmitStep = approves }) => trySubmitStep),
    submitStep: noted('submitStep', ({ submitStep = approves }) => submitStep),
    undoStep: noted('undoStep', ({ undoStep = async () => ({ kind: 'undone' as const }) }) => undoStep),
    writeProjection: async (changes) => {
      const { script, writes, write } = worldOf(changes.caseId);
      if (script.writeProjection) return script.writeProjection(changes);
      writes.activity += 1;
      return write(changes);
    },
    makeDailyReports: async () => [],
  };
};

const openCase = (client: Client, taskQueue: string, script: Script): TestCase & CaseScript => {
  const caseId = randomUUID();
  const handle = client.workflow.getHandle(caseWorkflowId(caseId));
  const { ledger, write } = createLedger();
  const writes = { activity: 0, relay: 0 };
  const update = (updateId: string, messages: Message[], tip?: LedgerTip) =>
    handle.executeUpdate(dispatchUpdate, { args: [{ messages, at: Date.now(), ...(tip && { tip }) }], updateId });
  const fetch = async (updateId: string, messages: Message[], tip?: LedgerTip) => {
    const { outcomes, changes } = await update(updateId, messages, tip);
    if (changes) {
      writes.relay += 1;
      write(changes);
    }
    return outcomes;
  };
  let begun: Promise<unknown> = Promise.resolve();

  return {
    caseId,
    handle,
    script,
    ledger,
    writes,
    write,
    calls: [],
    start: async (of, change) => {
      const input: CaseInput = { caseId, plan: of, receivedAt: Date.now(), ledgerHash: hashAt(1), ...change };
      await client.workflow.start(of.matter, { taskQueue, workflowId: handle.workflowId, args: [input] });
      begun = fetch(START_UPDATE_ID, []);
      // The test may end before this answer; it does not wait for it.
      begun.catch(() => undefined);
    },
    begun: async () => {
      await begun;
    },
    dispatch: async (message, tip) => {
      const [outcome] = await fetch(message.id, [message], tip);
      return outcome!;
    },
    deliverTogether: (messages) => fetch(messages.map(({ id }) => id).join('+'), messages),
    deliverAndDie: (message, tip) => update(message.id, [message], tip),
    listUnwritten: async () => (await handle.query(unwrittenQuery)).changes,
    tip: () => {
      const seq = ledger.length + 1;
      return { seq, hash: hashAt(seq), entry: ledger.at(-1)! };
    },
    state: () => handle.query(stateQuery),
    result: async () => {
      const status: unknown = await handle.result();
      await begun;
      return status;
    },
  };
};

export const openRig = async (): Promise<Rig> => {
  const { temporalAddress: address, workflowBundle } = inject('servers');
  const connection = await NativeConnection.connect({ address });
  const { temporal: client, namespace } = await createNamespace(address);
  const taskQueue = `test-${randomUUID()}`;
  const cases = new Map<string, TestCase & CaseScript>();
  const activities = scriptedActivities((caseId) => {
    const found = cases.get(caseId);
    if (!found) throw new Error(`no case ${caseId}`);
    return found;
  });

  let workers: { worker: Worker; done: Promise<void> }[] = [];
  const launch = async () => {
    const shared = { connection, namespace, activities };
    const created = await Promise.all([
      Worker.create({ ...shared, taskQueue, workflowBundle: { codePath: workflowBundle } }),
      ...branchingPlan().steps.map(({ agency }) =>
        Worker.create({ ...shared, taskQueue: agencyQueue(agency), maxConcurrentActivityTaskPolls: 1 }),
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
    open: (script = {}) => {
      const opened = openCase(client, taskQueue, script);
      cases.set(opened.caseId, opened);
      return opened;
    },
    restart: async () => {
      await stop();
      await launch();
    },
    close: async () => {
      await stop();
      await client.connection.close();
      await connection.close();
    },
  };
};
