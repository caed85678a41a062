import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

interface Event {
  id: number;
  event: string;
  data: { seq: number; kind: string };
}

/** Reads events until `enough`, or to the end of the stream. */
const listen = async (
  url: string,
  caseId: string,
  enough: (event: Event) => boolean,
  lastEventId?: string,
): Promise<Event[]> => {
  const gone = new AbortController();
  const response = await fetch(`${url}/api/v1/cases/${caseId}/events`, {
    headers: {
      authorization: `Bearer ${api.tokens.clerk}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    signal: gone.signal,
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const events: Event[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}:\\s?(.*)$`, 'm').exec(block)?.[1];
      if (field('id') === undefined) continue;
      events.push({
        id: Number(field('id')),
        event: field('event')!,
        data: JSON.parse(field('data')!) as Event['data'],
      });
      if (enough(events.at(-1)!)) {
        gone.abort();
        return events;
      }
    }
  }
  return events;
};

const isAccepted = ({ data }: Event) => data.kind === 'case-accepted';
const decide = (caseId: string, stepId: string, agency: string) =>
  api.call('POST', `/agency/v1/tasks/${caseId}:${stepId}:1/decision`, {
    token: api.tokens[agency as 'police'],
    body: { messageId: uuidv7(), decision: 'approved' },
  });

describe('the events of a case', () => {
  it('begin with the first entry and are numbered like the ledger', async () => {
    const { caseId } = await api.start();
    const events = await listen(api.url, caseId, isAccepted);
    expect(events.map(({ id, event, data }) => [id, event, data.seq])).toEqual([
      [1, 'case-submitted', 1],
      [2, 'case-accepted', 2],
    ]);
  });

  it('arrive as they happen, also by another process, and end with the case', async () => {
    const { caseId } = await api.start();
    const other = await api.another();
    const whole = Promise.all([listen(api.url, caseId, () => false), listen(other, caseId, () => false)]);
    await decide(caseId, 'register', 'police');
    await decide(caseId, 'notify', 'post');
    await decide(caseId, 'meter', 'utilities');
    const [here, there] = await whole;
    expect(here.at(-1)!.event).toBe('case-ended');
    expect(here.map(({ id }) => id)).toEqual(here.map((_, index) => index + 1));
    expect(there).toEqual(here);
  });

  it('continue after the last one that was seen, without gap or repetition', async () => {
    const { caseId } = await api.start();
    const before = await listen(api.url, caseId, isAccepted);
    await decide(caseId, 'register', 'police');
    const after = await listen(api.url, caseId, ({ data }) => data.kind === 'step-decided', String(before.at(-1)!.id));
    const ids = [...before, ...after].map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => index + 1));
  });

  it('of another applicant are not found, and a wrong last id is refused', async () => {
    const { caseId } = await api.start();
    const path = `/api/v1/cases/${caseId}/events`;
    expect((await api.call('GET', path, { token: api.tokens.otherClerk })).status).toBe(404);
    expect((await api.call('GET', path)).status).toBe(401);
    const wrong = await api.call('GET', path, { token: api.tokens.clerk, headers: { 'last-event-id': 'x' } });
    expect(wrong.body).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ path: 'headers.last-event-id' }] });
  });
});
