import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Floor {
  pid: number;
  /** Runs empty workflows and returns how many ended per second. */
  run: (load: { count: number; inFlight: number }) => Promise<number>;
  stop: () => Promise<void>;
}

/**
 * Starts the process that measures the engine's floor (floor/main.ts) and waits until it is ready.
 */
export const startFloor = async (temporalAddress: string): Promise<Floor> => {
  const child = fork(fileURLToPath(new URL('floor/main.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TEMPORAL_ADDRESS: temporalAddress },
  });
  const answer = async (): Promise<number> => {
    const ended = new AbortController();
    const [message] = (await Promise.race([
      once(child, 'message', { signal: ended.signal }),
      once(child, 'exit', { signal: ended.signal }).then(() => Promise.reject(new Error('the floor process ended'))),
    ]).finally(() => ended.abort())) as [{ perS: number }];
    return message.perS;
  };
  await answer();
  return {
    pid: child.pid ?? 0,
    run: (order) => {
      child.send(order);
      return answer();
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
};
