import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { findMatter, publishMatter } from '../../../db/registry/matters.ts';
import { hashOf } from '../../../domain/authoring/load.ts';
import { caseWorkflowId } from '../../../workflows/names.ts';
import type { Installation } from '../installation.ts';
import { MIXED } from '../intents.ts';
import { buildPoisoned } from '../poison/bundle.ts';
import type { Poison } from '../poison/poisoned.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

const MATTERS = ['newborn-registration', 'home-purchase-move'];
/**
 * So long that the cases of the first half are in the middle of their steps when everything
 * changes.
 */
const CALLBACK_AFTER_MS = { roll: 2_000, control: 15_000 };
const EVERY_MS = 150;
const WITHIN_MS = 120_000;
/** A case goes to another worker ten seconds after its own stopped. */
const FAILING_WITHIN_MS = 45_000;
const { EVENT_TYPE_WORKFLOW_TASK_FAILED: TASK_FAILED } = proto.temporal.api.enums.v1.EventType;

/**
 * S13: in the middle of the load a new version of the definitions is published and the workers'
 * code is rolled from one build to the next, both at work for a while. Cases keep the version that
 * they began with, and no workflow task fails.
 */
export const newVersions: Scenario = {
  id: 'S13',
  name: 'new definitions and new worker code at half load',
  control: { name: 'the new code changes open cases', breaks: 'its own line' },
  play: async (stage) => {
    const { installation, control, cases } = stage;
    await installation.behave({
      mode: 'callback',
      delayMs: control ? CALLBACK_AFTER_MS.control : CALLBACK_AFTER_MS.roll,
    });
    const half = Math.ceil(cases / 2);
    const [versions, file] = [await versionsOf(installation), join(installation.folder, `new-${stage.seed}.js`)];
    if (!control) await build(file, []);
    const first = await submitAtPace(stage, half);
    if (control) await build(file, first);
    await publishAgain(installation);
    const worker = await installation.startWorker({
      name: control ? 'poisoned-worker' : 'new-worker',
      env: { WORKFLOW_BUNDLE: file },
    });
    let open = 0;
    try {
      await until('new versions are offered', WITHIN_MS, async () =>
        (await listOffered(installation)).every((one) => !versions.includes(one)),
      );
      // Both builds are at work, and each may get any case.
      const second = await submitAtPace(stage, half);
      open = await openOf(installation, [...first, ...second]);
      const down = installation.keepDown('worker');
      try {
        if (control)
          await until('a task fails', FAILING_WITHIN_MS, async () => (await taskFailures(installation, first)) > 0);
        else
          await until(
            'all have ended under the new code',
            WITHIN_MS,
            async () => (await openOf(installation, [...first, ...second])) === 0,
          );
      } finally {
        await installation.back('worker', down.release());
      }
      const failed = await taskFailures(installation, [...first, ...second]);
      const [kept, fresh] = [await versionsIn(installation, first), await versionsIn(installation, second)];
      const broken = judgeRoll({ failed, versions, kept, fresh });
      const figures = [
        `${open} cases open at the roll, ${failed} workflow tasks failed`,
        `${kept.join(', ')}, then ${fresh.join(', ')}`,
      ];
      return { fired: () => open, backMs: [], broken, figures };
    } finally {
      await worker.stop();
    }
  },
};

/**
 * `failed`: workflow tasks; `versions`: those before the roll; `kept`, `fresh`: those of the cases
 * before it and after it.
 */
export const judgeRoll = (seen: {
  failed: number;
  versions: readonly string[];
  kept: readonly string[];
  fresh: readonly string[];
}): string[] => {
  const { failed, versions, kept, fresh } = seen;
  return [
    ...(failed > 0 ? [`${failed} workflow tasks failed`] : []),
    ...(kept.every((one) => versions.includes(one)) ? [] : [`cases under way have ${kept.join(', ')}`]),
    ...(fresh.some((one) => versions.includes(one)) ? [`new cases have ${fresh.join(', ')}`] : []),
  ];
};

const submitAtPace = async ({ frontDoor, intent }: Stage, count: number): Promise<string[]> => {
  const caseIds = [];
  for (let index = 0; index < count; index += 1) {
    const { caseId } = await frontDoor.submit(intent(MIXED));
    if (caseId !== undefined) caseIds.push(caseId);
    await delay(EVERY_MS);
  }
  return caseIds;
};

/** The next build: another entry, which does the same but in these cases. */
const build = (file: string, caseIds: readonly string[]): Promise<void> =>
  buildPoisoned(new Map(caseIds.map((caseId): [string, Poison] => [caseId, 'sleeps'])), file);

const versionsOf = async ({ db }: Installation): Promise<string[]> =>
  Promise.all(MATTERS.map(async (code) => `${code} ${(await findMatter(db, code))?.matter.version}`));

/**
 * What the API starts new cases with: it hears of a new version within seconds, and not at once.
 */
const listOffered = async (installation: Installation): Promise<string[]> => {
  const { api, tokens } = installation.sandbox();
  const response = await fetch(`${api}/api/v1/matters`, { headers: { authorization: `Bearer ${tokens.clerk}` } });
  const { matters } = (await response.json()) as { matters: { code: string; version: number }[] };
  return matters.filter(({ code }) => MATTERS.includes(code)).map(({ code, version }) => `${code} ${version}`);
};

const publishAgain = async ({ db }: Installation): Promise<void> => {
  for (const code of MATTERS) {
    const found = await findMatter(db, code);
    if (!found) throw new Error(`${code} is not published`);
    const matter = { ...found.matter, version: found.matter.version + 1 };
    await publishMatter(db, { matter, hash: hashOf(matter), by: 'faults' });
  }
};

const versionsIn = async ({ db }: Installation, caseIds: readonly string[]): Promise<string[]> => {
  const { rows } = await db.query<{ version: string }>(
    `select distinct matter || ' ' || (plan ->> 'version') as version from cases where id = any ($1)
      and version = (plan ->> 'version')::integer order by 1`,
    [caseIds],
  );
  return rows.map(({ version }) => version);
};

const openOf = async ({ db }: Installation, caseIds: readonly string[]): Promise<number> => {
  const { rowCount } = await db.query('select from cases where id = any ($1) and ended_at is null', [caseIds]);
  return rowCount ?? 0;
};

const taskFailures = async ({ temporal }: Installation, caseIds: readonly string[]): Promise<number> => {
  let failures = 0;
  for (const caseId of caseIds) {
    const { events = [] } = await temporal.workflow.getHandle(caseWorkflowId(caseId)).fetchHistory();
    failures += (events ?? []).filter(({ eventType }) => eventType === TASK_FAILED).length;
  }
  return failures;
};
