import { join } from 'node:path';
import { createRandom } from '../domain/case/random.ts';
import { Agent } from 'undici';
import { check } from './checker.ts';
import { openClientLedger, type ClientLedger } from './client-ledger.ts';
import { findCases } from './evidence.ts';
import { createFrontDoor, type FrontDoor } from './front-door.ts';
import type { Installation } from './installation.ts';
import type { Intent } from './intents.ts';
import { judgeEnds, type CaseEnd } from './invariants/comes-to-its-end.ts';
import type { Finding } from './invariants/finding.ts';
import type { Scenario, Stage } from './scenario.ts';
import { until } from './until.ts';
import { bounded, measure } from './vitals.ts';

export interface Verdict {
  ok: boolean;
  /** One line: scenario, seed, number of cases, result. */
  line: string;
  /** The findings, one line each. */
  why: string[];
}

export interface RunOptions {
  installation: Installation;
  makeIntent: (name: string, sample: string) => Intent;
  seed: number;
  cases: number;
  kills: number;
  outage: Stage['outage'];
  control: boolean;
}

/** After the last fault every case comes to its end within this time. */
const SETTLED_WITHIN_MS = 120_000;
/**
 * A control breaks something for good, maybe also the ends; it is judged as soon as it rests, or
 * then.
 */
const CONTROL_RESTS_WITHIN_MS = 15_000;
const CLIENT_CONNECTIONS = 64;
const SHOWN = 10;

/** Plays one scenario or its negative control, lets it come to rest, and judges it. */
export const runScenario = async (scenario: Scenario, options: RunOptions): Promise<Verdict> => {
  const { installation, makeIntent, seed, control, cases, kills, outage } = options;
  const name = `${scenario.id}-${seed}${control ? '-control' : ''}`;
  const ledger = openClientLedger(join(installation.folder, `client-${name}.jsonl`));
  const { api, tokens } = installation.sandbox();
  const random = createRandom(seed);
  // A separate agent with short keep-alive, so that open client connections do not count for the
  // product.
  const agent = new Agent({ connections: CLIENT_CONNECTIONS, keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 });
  const doors: FrontDoor[] = [];
  const openDoor = (url: () => string, patient = false) => {
    const door = createFrontDoor({ api: url, token: tokens.clerk, ledger, agent, patient });
    doors.push(door);
    return door;
  };
  let intents = 0;
  const started = performance.now();
  const since = Date.now();
  try {
    const before = await measure(installation);
    const played = await scenario.play({
      ...{ installation, random, seed, cases, kills, outage, control, ledger, openDoor, agent },
      frontDoor: openDoor(() => api),
      intent: (samples) => makeIntent(`${name}-${++intents}`, random.pick(samples)),
    });
    const quiet = performance.now();
    const open = await waitUntilSettled(installation, ledger, control ? CONTROL_RESTS_WITHIN_MS : SETTLED_WITHIN_MS);
    const settledS = (performance.now() - quiet) / 1000;
    await agent.close();
    const about = { since, stood: played.stood ?? [], harmless: scenario.harmless === true };
    const checked = await check(installation, ledger.read(), about);
    const findings = [...open, ...checked.findings];
    // A control breaks what it is there to break; its memory is judged where that is what it
    // breaks.
    if (!control || scenario.control.breaks === 'I12')
      findings.push(...(await bounded(installation, before, 'after work', scenario.excuses)));
    const fired = await played.fired();
    const total = (await findCases(installation, ledger.read())).size;

    const broken =
      scenario.control.breaks === 'its own line'
        ? played.broken
        : findings.filter(({ invariant }) => invariant === scenario.control.breaks);
    const why = control
      ? broken.length > 0
        ? []
        : [`the checker stayed green: nothing of ${scenario.control.breaks}`, ...findings.map(describeFinding)]
      : [...played.broken, ...findUnkindRefusals(doors), ...findings.map(describeFinding)];
    if (fired === 0) why.push('no fault fired');
    const worst = played.backMs.length === 0 ? '' : `  back in ${(Math.max(...played.backMs) / 1000).toFixed(1)} s`;
    const outcome = control
      ? `${broken.length} findings of ${scenario.control.breaks}`
      : [`settled in ${settledS.toFixed(1)} s`, ...(played.figures ?? []), ...checked.stalls].join('  ');
    const all = `${((performance.now() - started) / 1000).toFixed(0)} s in all`;
    await played.repair?.();
    return {
      ok: why.length === 0,
      line: [
        `${titleOf(scenario, control)}  seed ${seed}  ${total} cases  ${fired} faults${worst}`,
        `${outcome}  ${all}`,
      ].join('  '),
      why: why.length > SHOWN ? [...why.slice(0, SHOWN), `and ${why.length - SHOWN} more`] : why,
    };
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ok: false, line: `${titleOf(scenario, control)}  seed ${seed}`, why: [reason] };
  } finally {
    ledger.close();
    await agent.destroy();
  }
};

/** Every refusal for overload has a `Retry-After`. */
const findUnkindRefusals = (doors: readonly FrontDoor[]): string[] => {
  const unkind = doors
    .flatMap(({ tries }) => tries)
    .filter(({ status, retryAfterS }) => (status === 503 || status === 429) && retryAfterS === undefined);
  return unkind.length === 0 ? [] : [`${unkind.length} answers 503 or 429 without Retry-After`];
};

const titleOf = ({ id, name, control }: Scenario, isControl: boolean): string =>
  `${id.padEnd(3)} ${isControl ? `control: ${control.name}` : name}`;

export const describeFinding = ({ invariant, caseId, step, what }: Finding): string =>
  [invariant, caseId, step, what].filter((part) => part !== undefined).join('  ');

/** Waits until every case rests, and returns those that do not in time. */
const waitUntilSettled = async (
  installation: Installation,
  ledger: ClientLedger,
  withinMs: number,
): Promise<Finding[]> => {
  const caseIds = [...(await findCases(installation, ledger.read())).values()].flat();
  let open: Finding[] = [];
  const isSettled = async () => {
    const { rows } = await installation.db.query<CaseEnd>(
      `select id as "caseId", status, (select count(*) from inbox where case_id = id and settled_at is null)
          + (select count(*) from start_requests where case_id = id and started_at is null) as waiting,
        (select string_agg(steps.id || ' ' || steps.status || coalesce(' ' || last_error, ''), ', ' order by position) from steps
          where case_id = cases.id and ended_at is null and steps.status <> 'skipped') as steps
      from cases where id = any ($1)`,
      [caseIds],
    );
    open = judgeEnds(rows, withinMs);
    return open.length === 0;
  };
  await until('the cases have settled', withinMs, isSettled).catch(() => undefined);
  return open;
};
