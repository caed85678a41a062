import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { getCase } from '../../db/cases/cases.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import type { Message } from '../../domain/case/messages.ts';
import { isCaseEnd } from '../../domain/case/status.ts';
import type { CaseInput } from '../../workflows/messages.ts';
import { caseWorkflowId, MATTERS_QUEUE } from '../../workflows/names.ts';
import { startServers } from '../support/servers.ts';
import { install, type Installation } from '../support/product.ts';
import { sampleForm } from '../support/matters.ts';
import { writeRecording } from './history-file.ts';
import { until } from '../faults/until.ts';

/**
 * Records histories/*.json with the workflows as they are now: `npx tsx test/replay/record.ts`. To
 * be run for a release, with its version as a prefix of the names; what is there stays, because
 * cases of older releases are still under way.
 */

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** Starts a case and brings it to its end. */
type Scenario = (installation: Installation) => Promise<string>;

const PREFIX = process.argv[2] ?? 'v1';
const CLERK = { role: 'clerk', id: 'clerk-1' } as const;

const WITHIN_MS = 60_000;
const reaches = ({ step }: Installation, caseId: string, stepId: string, status: string) =>
  until(`${stepId} ${status}`, WITHIN_MS, async () => (await step(caseId, stepId)).status === status);
const tell = async ({ send, outcome }: Installation, caseId: string, message: Message) => {
  await send(caseId, message);
  await until(message.kind, WITHIN_MS, async () => (await outcome(caseId, message.id))?.kind === 'applied');
};
const start = async ({ submit }: Installation, sample: string): Promise<string> =>
  (await submit(sampleForm(sample))).caseId;

/** Two agencies are unavailable when the first run ends, and answer the second. */
const urgeTillNextRun = async (installation: Installation, caseId: string): Promise<string> => {
  await installation.behave('tax', { mode: 'down' });
  await installation.behave('social-security', { mode: 'down' });
  await installation.work();
  const stepId = 'medical-insurance-premium';
  await reaches(installation, caseId, stepId, 'submitted');
  await reaches(installation, caseId, 'social-security-card', 'submitted');
  for (const id of ['u1', 'u2', 'u3', 'u4', 'u5']) {
    await tell(installation, caseId, { kind: 'urge', id, stepId, by: CLERK });
  }
  await installation.behaveAll({ mode: 'decide' });
  return caseId;
};

const scenarios: Record<string, Scenario> = {
  'decided-at-once': (installation) => start(installation, 'married-single-child'),

  'twins-by-callback': async (installation) => {
    await installation.behaveAll({ mode: 'callback', delayMs: 200 });
    return start(installation, 'twins');
  },

  'refusal-blocks-a-branch': async (installation) => {
    await installation.behave('police', { mode: 'refuse' });
    return start(installation, 'married-single-child');
  },

  supplement: async (installation) => {
    await installation.behave('hospital', { mode: 'supplement' });
    const caseId = await start(installation, 'certificates-only');
    await reaches(installation, caseId, 'birth-certificate', 'supplement');
    const items = ['birth-certificate:1:1'];
    await tell(installation, caseId, {
      kind: 'supplement-answer',
      id: 's1',
      noticeId: '1',
      items,
      affected: [],
      by: CLERK,
    });
    return caseId;
  },

  'withdrawal-with-undo': async (installation) => {
    await installation.behave('tax', { mode: 'hold' });
    await installation.behave('social-security', { mode: 'hold' });
    const caseId = await start(installation, 'married-single-child');
    await reaches(installation, caseId, 'medical-insurance-premium', 'accepted');
    await reaches(installation, caseId, 'social-security-card', 'accepted');
    await tell(installation, caseId, { kind: 'withdrawal', id: 'w1', by: { role: 'applicant', id: 'applicant' } });
    await reaches(installation, caseId, 'household-registration', 'attention');
    const stepId = 'household-registration';
    await tell(installation, caseId, { kind: 'undo-settlement', id: 'u1', stepId, result: 'stands', by: CLERK });
    return caseId;
  },

  'attention-and-resend': async (installation) => {
    await installation.behave('police', { mode: 'reject' });
    const caseId = await start(installation, 'certificates-only');
    await reaches(installation, caseId, 'household-registration', 'attention');
    await installation.behave('police', { mode: 'decide' });
    await tell(installation, caseId, { kind: 'resend', id: 'r1', stepId: 'household-registration', by: CLERK });
    return caseId;
  },

  'agency-down-for-a-while': async (installation) => {
    await installation.behave('police', { mode: 'down' });
    const caseId = await start(installation, 'certificates-only');
    await until(
      'attempts',
      WITHIN_MS,
      async () => (await installation.step(caseId, 'household-registration')).attempts >= 3,
    );
    await installation.behave('police', { mode: 'decide' });
    return caseId;
  },
};

const record = async (installation: Installation, name: string, scenario: Scenario): Promise<void> => {
  await installation.behaveAll({ mode: 'decide' });
  const caseId = await scenario(installation);
  await until('end', WITHIN_MS, async () => isCaseEnd(await installation.status(caseId)));
  await installation.temporal.workflow.getHandle(caseWorkflowId(caseId)).result();
  const ledger = await installation.ledger(caseId);
  const runs = await listRuns(installation, caseId);
  for (const [index, { history, after }] of runs.entries()) {
    // A run hands over the last entries of the run before it as well.
    const text = writeRecording({ history, ledger: ledger.slice(after, runs[index + 1]?.began) });
    const run = index === 0 ? '' : `-run-${index + 1}`;
    const file = new URL(`histories/${PREFIX}-${name}${run}.json`, import.meta.url);
    // The place of the recording is left out.
    writeFileSync(file, text.replaceAll(`${process.pid}@${hostname()}`, 'worker'));
    process.stderr.write(`${name}${run}: ${await installation.status(caseId)}, ${Math.ceil(text.length / 1024)} kB\n`);
  }
};

/**
 * The runs of a case, oldest first, each with the number of entries when it began, and of those that
 * were in the ledger. The first entry is the front door's.
 */
const listRuns = async ({ temporal }: Installation, caseId: string) => {
  const runs: { history: History; began: number; after: number }[] = [];
  let runId: string | undefined;
  do {
    const history = await temporal.workflow.getHandle(caseWorkflowId(caseId), runId).fetchHistory();
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    const { resumed }: CaseInput = defaultPayloadConverter.fromPayload(started!.input!.payloads![0]!);
    const began = resumed?.state.seq ?? 1;
    runs.unshift({ history, began, after: began - (resumed?.unwritten?.length ?? 0) });
    runId = started!.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return runs;
};

/** Starts a case before the relay does, with few updates for each run. */
const startWithShortRuns = async ({ db, submit, temporal }: Installation): Promise<string> => {
  const { caseId } = await submit(sampleForm('married-single-child'));
  const { plan } = await getCase(db, caseId);
  const [first] = await readLedger(db, caseId, 0, 1);
  const input: CaseInput = { caseId, plan, receivedAt: first!.at, ledgerHash: first!.hash, updatesPerRun: 4 };
  const workflowId = caseWorkflowId(caseId);
  await temporal.workflow.start(plan.matter, { workflowId, taskQueue: MATTERS_QUEUE, args: [input] });
  return caseId;
};

const { servers, stop } = await startServers();
try {
  mkdirSync(new URL('histories/', import.meta.url), { recursive: true });
  const installation = await install(servers);
  const shortRuns = await startWithShortRuns(installation);
  await record(installation, 'continues-in-a-new-run', () => urgeTillNextRun(installation, shortRuns));
  for (const [name, scenario] of Object.entries(scenarios)) await record(installation, name, scenario);
  await installation.close();
} finally {
  await stop();
}
