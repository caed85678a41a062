import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { afterEach, describe, expect, inject, it } from 'vitest';
import {
  isReachableAnew,
  startConnectionCheck,
  type ConnectionCheckOptions,
} from '../../../worker/loops/temporal-connection.ts';
import { openFaultProxy } from '../../faults/fault-proxy.ts';

const WAIT = { timeout: 30_000 };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const openProxy = () => {
  const [host = '', port] = inject('servers').temporalAddress.split(':');
  return openFaultProxy({ host, port: Number(port) });
};

/** A liveness check over a breakable proxy, and the number of connections that it declared dead. */
const pulseThrough = async (times: Pick<ConnectionCheckOptions, 'everyMs' | 'answerWithinMs'> = {}) => {
  const proxy = await openProxy();
  const address = `127.0.0.1:${proxy.port}`;
  const connection = await NativeConnection.connect({ address });
  const dead: Error[] = [];
  const check = startConnectionCheck({
    connection,
    address,
    log: pino({ level: 'silent' }),
    onDead: (error) => dead.push(error),
    ...times,
  });
  // A connection that hangs in a call is closed when the way is.
  closing.push(
    () => connection.close().catch(() => undefined),
    () => proxy.close(),
    () => check.stop(),
  );
  return { proxy, connection, dead };
};

describe('the connection check of a worker', () => {
  it('reports a connection whose other side no longer answers, while a new one is answered', async () => {
    const { proxy, dead } = await pulseThrough({ everyMs: 200, answerWithinMs: 500 });
    expect(proxy.silence()).toBeGreaterThan(0);
    await expect.poll(() => dead.length, WAIT).toBeGreaterThan(0);
  });

  it('tries a new connection each time, also after repeated failures', async () => {
    const proxy = await openProxy();
    closing.push(() => proxy.close());
    const address = `127.0.0.1:${proxy.port}`;
    proxy.cut();
    const answers = [];
    for (let attempt = 0; attempt < 20; attempt += 1) answers.push(await isReachableAnew(address, 100));
    expect(answers).not.toContain(true);
    await expect.poll(() => proxy.refused(), WAIT).toBeGreaterThanOrEqual(20);
    proxy.heal();
    expect(await isReachableAnew(address, WAIT.timeout)).toBe(true);
  });

  it('waits for an unavailable server, to which a new connection also fails', async () => {
    const { proxy, connection, dead } = await pulseThrough();
    proxy.cut();
    await expect.poll(() => proxy.refused(), WAIT).toBeGreaterThan(5);
    proxy.heal();
    await expect
      .poll(
        () =>
          connection.workflowService.getSystemInfo({}).then(
            () => 'answered',
            () => 'not yet',
          ),
        WAIT,
      )
      .toBe('answered');
    expect(dead).toEqual([]);
  });
});
