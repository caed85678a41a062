import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Message } from '../../domain/case/messages.ts';
import { isCaseEnd } from '../../domain/case/status.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
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
  const handle = installation.temporal.workflow.getHandle(caseWorkflowId(caseId));
  await handle.result();
  // The first entry is the front door's.
  const [, ...ledger] = await installation.ledger(caseId);
  const text = writeRecording({ history: await handle.fetchHistory(), ledger });
  const file = new URL(`histories/${PREFIX}-${name}.json`, import.meta.url);
  // The place of the recording is left out.
  writeFileSync(file, text.replaceAll(`${process.pid}@${hostname()}`, 'worker'));
  process.stderr.write(`${name}: ${await installation.status(caseId)}, ${Math.ceil(text.length / 1024)} kB\n`);
};

const { servers, stop } = await startServers();
try {
  mkdirSync(new URL('histories/', import.meta.url), { recursive: true });
  const installation = await install(servers);
  await installation.work();
  for (const [name, scenario] of Object.entries(scenarios)) await record(installation, name, scenario);
  await installation.close();
} finally {
  await stop();
}
