import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createPortPool } from '../../sandbox/ports.ts';
import { SECRET } from '../agencies/requests.ts';
import { startPlatform, startRig } from './agencies-rig.ts';

let rig: Awaited<ReturnType<typeof startRig>>;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

describe('a restart', () => {
  it('keeps what was decided, with its answer', async () => {
    await rig.behave({ mode: 'decide' });
    const sent = rig.request();
    const before = await rig.client.submit(rig.agency(), sent);
    await rig.restart();
    expect(await rig.client.submit(rig.agency(), sent)).toEqual(before);
    expect(await rig.effectsOf(sent.requestId)).toEqual(['decided:approved']);
  });

  it('lets officers continue with pending requests', async () => {
    await rig.behave({ mode: 'callback', delayMs: 200 });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    await rig.restart();
    expect((await rig.callbackTo(sent)).decision.decision).toBe('approved');
    expect(await rig.effectsOf(sent.requestId)).toEqual(['decided:approved']);
  });

  it('keeps what is held', async () => {
    await rig.behave({ mode: 'hold' });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    await rig.restart();
    expect(await rig.control('GET', 'agencies/police/requests')).toMatchObject({
      body: { requests: [{ requestId: sent.requestId }] },
    });
  });

  it('calls back at the platform’s new address under the same message id', async () => {
    rig.platform.status = 503;
    await rig.behave({ mode: 'callback', delayMs: 1 });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    const before = await rig.callbackTo(sent);
    const elsewhere = await startPlatform();
    await rig.restart(elsewhere.url);
    await expect.poll(() => elsewhere.received.length).toBe(1);
    expect(elsewhere.received[0]!.decision).toEqual(before.decision);
    await elsewhere.close();
  });

  it('does not repeat a callback that was accepted', async () => {
    await rig.behave({ mode: 'callback', delayMs: 1 });
    const [first, second] = [rig.request(), rig.request()];
    await rig.client.submit(rig.agency(), first);
    await rig.callbackTo(first);
    await expect.poll(rig.journal).toContain('"delivered"');
    await rig.restart();
    await rig.client.submit(rig.agency(), second);
    await rig.callbackTo(second);
    expect(rig.callbacksTo(first)).toHaveLength(1);
  });

  it('drops a line that was not written completely', async () => {
    await rig.behave({ mode: 'decide' });
    const [first, second] = [rig.request(), rig.request()];
    await rig.client.submit(rig.agency(), first);
    await rig.stop();
    await appendFile(join(rig.dataDir, 'journal.jsonl'), '{"kind":"effect","agency":"police","requ');
    await rig.start();
    await rig.client.submit(rig.agency(), second);
    await rig.restart();
    expect(await rig.effectsOf(first.requestId)).toEqual(['decided:approved']);
    expect(await rig.effectsOf(second.requestId)).toEqual(['decided:approved']);
  });
});

describe('a callback', () => {
  it.each([200, 202, 404, 409])('is not repeated after %i', async (status) => {
    rig.platform.status = status;
    await rig.behave({ mode: 'callback', delayMs: 1 });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    await rig.callbackTo(sent);
    await expect.poll(rig.journal).toContain('"delivered"');
    expect(rig.callbacksTo(sent)).toHaveLength(1);
  });

  it('is repeated, under one id, until the platform accepts it', async () => {
    rig.platform.status = 503;
    await rig.behave({ mode: 'callback', delayMs: 1 });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    await expect.poll(() => rig.callbacksTo(sent).length, { timeout: 5000 }).toBeGreaterThan(1);
    rig.platform.status = 200;
    await expect.poll(rig.journal, { timeout: 5000 }).toContain('"delivered"');
    expect(new Set(rig.callbacksTo(sent).map(({ decision }) => decision.messageId)).size).toBe(1);
  });
});

describe('the process', () => {
  it('loses and repeats nothing that it answered before it was killed', { timeout: 60_000 }, async () => {
    await rig.stop();
    const file = join(rig.dataDir, 'agencies.json');
    const portPool = createPortPool();
    const port = await portPool.take(0);
    writeFileSync(file, JSON.stringify([{ id: 'police', secret: SECRET, port }]));
    const environment = {
      SANDBOX_PORT: '0',
      SANDBOX_DATA: rig.dataDir,
      SANDBOX_AGENCIES: file,
      ONE_MATTER_API: rig.platform.url,
    };
    const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/agencies/main.ts'], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
      portPool.release();
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\S+?:\d+/.exec(line.toString())![0];
    const running = { ...rig.agency(), baseUrl: `http://127.0.0.1:${port}` };
    await fetch(`${url}/sandbox/agencies/police/behaviour`, { method: 'PUT', body: '{"mode":"decide"}' });

    const sent = Array.from({ length: 300 }, () => rig.request());
    let answered = 0;
    const answers = await Promise.all(
      sent.map(async (each) => {
        const answer = await rig.client.submit(running, each);
        if (answer.kind === 'decided' && ++answered === 100) child.kill('SIGKILL');
        return answer;
      }),
    );
    expect(answers.some(({ kind }) => kind === 'unavailable')).toBe(true);

    await rig.start();
    const again = await Promise.all(sent.map((each) => rig.client.submit(rig.agency(), each)));
    for (const [index, answer] of answers.entries()) {
      if (answer.kind === 'decided') expect(again[index]).toEqual(answer);
    }
    const { body } = await rig.control('GET', 'effects');
    const keys = (body['effects'] as { requestId: string }[]).map(({ requestId }) => requestId);
    expect(keys.toSorted()).toEqual(sent.map(({ requestId }) => requestId).toSorted());
  });
});
