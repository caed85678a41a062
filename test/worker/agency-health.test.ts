import { describe, expect, it } from 'vitest';
import { advance, CLOSED, type Breaker, type Calls } from '../../domain/agency/breaker.ts';
import { createAgencyHealth } from '../../worker/agency-health.ts';

/** Workers that share what they know as through Postgres, and the reports that each made. */
const createWorkers = (count: number) => {
  let now = 1_000_000;
  let breaker = CLOSED;
  const reported: Calls[] = [];
  const tell = (_agency: string, calls: Calls): Promise<Breaker> => {
    reported.push(calls);
    ({ breaker } = advance(breaker, { kind: 'called', ...calls }, now));
    return Promise.resolve(breaker);
  };
  const onError = (error: unknown) => {
    throw error;
  };
  const workers = Array.from({ length: count }, () => createAgencyHealth({ now: () => now, tell, onError }));
  return {
    workers,
    reported,
    pass: (ms: number) => (now += ms),
    /** Each worker looks at what is in Postgres. */
    look: () => workers.forEach((worker) => worker.see([{ agency: 'police', breaker }])),
  };
};
const failTimes = async (worker: ReturnType<typeof createAgencyHealth> | undefined, times: number) => {
  for (let time = 0; time < times; time += 1) await worker?.failed('police', 'HTTP_503');
};

describe('which agencies answer', () => {
  it('treats an agency as available until it fails, and again ten seconds after its last failure', async () => {
    const { workers, pass } = createWorkers(1);
    const [worker] = workers;
    await failTimes(worker, 1);
    expect(worker?.of('police')).toBe('unwell');
    expect(worker?.of('hospital')).toBe('well');
    pass(5_000);
    await failTimes(worker, 1);
    pass(9_999);
    expect(worker?.of('police')).toBe('unwell');
    pass(1);
    expect(worker?.of('police')).toBe('well');
  });

  it('reports no calls that succeed', async () => {
    const { workers, reported } = createWorkers(1);
    for (let time = 0; time < 1_000; time += 1) workers[0]?.succeeded('police');
    await workers[0]?.report();
    expect(reported).toEqual([]);
  });

  it('reports earlier successes with the first failure', async () => {
    const { workers, reported } = createWorkers(1);
    for (let time = 0; time < 19; time += 1) workers[0]?.succeeded('police');
    await failTimes(workers[0], 1);
    expect(reported).toMatchObject([{ spans: [{ calls: 20, failures: 1 }], inRow: 1, succeeded: true }]);
  });

  it('finds an outage in what the workers have seen together', async () => {
    const { workers, look } = createWorkers(3);
    await failTimes(workers[0], 2);
    await failTimes(workers[1], 2);
    expect(workers[0]?.of('police')).toBe('unwell');
    await failTimes(workers[2], 1);
    expect(workers[2]?.of('police')).toBe('outage');
    look();
    expect(workers.map((worker) => worker.of('police'))).toEqual(['outage', 'outage', 'outage']);
  });

  it('finds none while the agency answers other workers', async () => {
    const { workers, look } = createWorkers(2);
    await failTimes(workers[0], 4);
    look();
    workers[1]?.succeeded('police');
    await workers[1]?.report();
    await failTimes(workers[0], 4);
    expect(workers[0]?.of('police')).toBe('unwell');
  });

  it('combines failures that come during a report into one further report', async () => {
    const { workers, reported } = createWorkers(1);
    const [worker] = workers;
    await Promise.all(Array.from({ length: 40 }, () => failTimes(worker, 1)));
    expect(reported.length).toBeLessThanOrEqual(2);
    expect(workers[0]?.of('police')).toBe('outage');
  });

  it('continues when a report fails', async () => {
    const errors: unknown[] = [];
    const health = createAgencyHealth({
      now: () => 0,
      tell: () => Promise.reject(new Error('unavailable')),
      onError: (error) => errors.push(error),
    });
    await health.failed('police', 'HTTP_503');
    expect(health.of('police')).toBe('unwell');
    expect(errors).toHaveLength(1);
  });
});
