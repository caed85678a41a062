import { Connection, WorkflowClient } from '@temporalio/client';
import type { Pool } from 'pg';
import { caseWorkflowId } from '../workflows/names.ts';
import type { Floor } from './floor.ts';
import { runLoad } from './load.ts';
import { snapshot, measureUsage, type Usage } from './processes.ts';
import type { Rig } from './rig.ts';
import { latency, type Latency } from './statistics.ts';
import { STEPS_PER_CASE } from './workload.ts';

export type Variant = 'decided' | 'callback';

export interface FloorRun {
  perS: number;
  /** By process, per workflow. */
  cpuMs: Record<string, number>;
}

export interface CaseRun {
  perS: number;
  /** Share of the floor that was measured just before. */
  toFloor: number;
  startMs: Latency;
  stepMs: Latency;
  caseMs: Latency;
  /** By process, per case. */
  cpuMs: Record<string, number>;
  /** By process, at the end of the run. */
  memoryMb: Record<string, number>;
  historyEvents: number;
  historyKb: number;
  /** Per case, without those of the bench. */
  commits: { product: number; temporal: number };
}

export interface MeasureOptions {
  rig: Rig;
  /** Connects as superuser to the product's database. */
  db: Pool;
  floor: Floor;
  count: number;
  inFlight: number;
}

const HISTORIES_SAMPLED = 10;

/**
 * Sets how the agencies answer: with the decision, or with 202 and an immediate callback.
 */
export const setVariant = async ({ agencies, addresses }: Rig, variant: Variant): Promise<void> => {
  const behaviour = variant === 'decided' ? { mode: 'decide' } : { mode: 'callback', delayMs: 0 };
  for (const agency of agencies) {
    const response = await fetch(`${addresses.sandboxUrl}/sandbox/agencies/${agency}/behaviour`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(behaviour),
    });
    if (!response.ok) throw new Error(`agency ${agency} does not take its behaviour: ${response.status}`);
  }
};

export const measureFloor = async ({ rig, floor, count, inFlight }: MeasureOptions): Promise<FloorRun> => {
  const pids = { ...rig.pids(), floor: floor.pid };
  const before = snapshot();
  const perS = await floor.run({ count, inFlight });
  const usage = measureUsage(before, snapshot(), pids);
  return { perS, cpuMs: perCase(usage, count) };
};

export const measureCases = async (
  options: MeasureOptions & { first: number; floorPerS: number },
): Promise<CaseRun> => {
  const { rig, db, count } = options;
  const pids = { ...rig.pids(), bench: process.pid };
  const commitsBefore = await readCommits(db);
  const before = snapshot();
  const load = await runLoad(options);
  const usage = measureUsage(before, snapshot(), pids);
  const commitsAfter = await readCommits(db);
  // Throws if a service was restarted meanwhile.
  rig.pids();
  await expectAllDone(db, load.caseIds);

  return {
    perS: load.perS,
    toFloor: load.perS / options.floorPerS,
    startMs: latency(load.startMs),
    stepMs: await stepLatency(db, load.caseIds),
    caseMs: latency(load.caseMs),
    cpuMs: perCase(usage, count),
    memoryMb: Object.fromEntries(Object.entries(usage).map(([name, { memoryMb }]) => [name, memoryMb])),
    ...(await sampleHistories(rig, load.caseIds.slice(-HISTORIES_SAMPLED))),
    commits: {
      product: (commitsAfter.product - commitsBefore.product - load.ownCommits) / count,
      temporal: (commitsAfter.temporal - commitsBefore.temporal) / count,
    },
  };
};

const perCase = (usage: Record<string, Usage>, count: number): Record<string, number> =>
  Object.fromEntries(Object.entries(usage).map(([name, { cpuMs }]) => [name, cpuMs / count]));

/** A server process updates its counts about once a second, so the error is some per cent. */
const readCommits = async (db: Pool): Promise<{ product: number; temporal: number }> => {
  const { rows } = await db.query<{ product: number; temporal: number }>(
    `select coalesce(sum(xact_commit) filter (where datname = current_database()), 0)::float8 as product,
      coalesce(sum(xact_commit) filter (where datname like 'temporal%'), 0)::float8 as temporal
    from pg_stat_database`,
  );
  return rows[0]!;
};

/** Fails if the run did not do all the work. */
const expectAllDone = async (db: Pool, caseIds: string[]): Promise<void> => {
  const { rows } = await db.query<{ cases: number; steps: number }>(
    `select (select count(*)::int from cases where id = any ($1) and status = 'completed') as cases,
      (select count(*)::int from steps where case_id = any ($1) and status = 'done') as steps`,
    [caseIds],
  );
  const { cases, steps } = rows[0]!;
  if (cases !== caseIds.length || steps !== caseIds.length * STEPS_PER_CASE) {
    throw new Error(`of ${caseIds.length} cases ${cases} were completed, with ${steps} steps done`);
  }
};

/** From sending a step to its decision, by the ledger. */
const stepLatency = async (db: Pool, caseIds: string[]): Promise<Latency> => {
  const { rows } = await db.query<{ ms: number }>(
    `select (extract(epoch from decided.at - sent.at) * 1000)::float8 as ms
    from ledger as sent join ledger as decided using (case_id, step_id)
    where case_id = any ($1) and sent.kind = 'step-submitted' and decided.kind = 'step-decided'`,
    [caseIds],
  );
  return latency(rows.map(({ ms }) => ms));
};

const sampleHistories = async (
  { addresses }: Rig,
  caseIds: string[],
): Promise<{ historyEvents: number; historyKb: number }> => {
  const connection = await Connection.connect({ address: addresses.temporalAddress });
  try {
    const client = new WorkflowClient({ connection, namespace: addresses.temporalNamespace });
    const histories = await Promise.all(caseIds.map((caseId) => client.getHandle(caseWorkflowId(caseId)).describe()));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      historyEvents: mean(histories.map(({ historyLength }) => historyLength)),
      historyKb: mean(histories.map(({ historySize }) => historySize ?? 0)) / 1024,
    };
  } finally {
    await connection.close();
  }
};
