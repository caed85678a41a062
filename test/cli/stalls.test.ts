import { expect, test } from 'vitest';
import type { StallList } from '../../contract/stalls.ts';
import { drawStalls } from '../../cli/stalls.ts';
import { CASE_ID, penIn } from './in-process.ts';
import { api } from './recorded-api.ts';

const list: StallList = {
  stalls: [
    {
      id: 1,
      caseId: '0193f1a0-0000-7000-8000-000000000001',
      caseNo: '33041120241120000018',
      step: 'household',
      agency: 'police',
      cause: 'agency-unreachable',
      detail: 'SENDING',
      waitingOn: 'agency',
      since: '2024-11-20T01:00:00.000Z',
      openedAt: '2024-11-20T01:00:30.000Z',
      next: { action: 'attempt', at: '2024-11-20T02:00:00.000Z' },
      light: 'red',
    },
  ],
  counts: {
    total: 12_345,
    agencies: [
      { agency: 'police', count: 12_000, own: 11_999 },
      { agency: 'tax', count: 345, own: 0 },
    ],
    causes: [
      { cause: 'agency-unreachable', count: 11_999 },
      { cause: 'system', count: 346 },
    ],
    matters: [],
    regions: [],
    lights: [],
  },
  watchedAt: '2024-11-20T03:00:00.000Z',
};

test('stalls are counted by cause and agency, and each has a line', () => {
  expect(drawStalls(penIn('en'), list)).toEqual([
    '12345 stalled: Agency unreachable 11999, Our own system 346',
    'by agencies: police 11999',
    'Red       33041120241120000018 household [police]  Agency unreachable (Being sent); next: Next attempt 2024-11-20 10:00:00+08:00' +
      '  since 2024-11-20 09:00:00+08:00  turn: Agency',
    '… and 12344 more: raise --limit',
  ]);
});

test('a list names a missing watcher, the part of the machinery, or that it is empty', () => {
  const { watchedAt: _, ...unwatched } = list;
  const empty = { total: 0, agencies: [], causes: [], matters: [], regions: [], lights: [] };
  expect(drawStalls(penIn('en'), { ...unwatched, stalls: [], counts: empty })).toEqual([
    'No watcher is running: this list may be out of date.',
    'Nothing is stalled. Late cases: one-matter case list --late',
  ]);
  const part = {
    id: 2,
    subject: 'workers',
    cause: 'system',
    detail: 'WORKERS_UNAVAILABLE',
    waitingOn: 'system',
  } as const;
  const since = '2024-11-20T01:00:00.000Z';
  const lines = drawStalls(penIn('en'), { ...list, stalls: [{ ...part, since, openedAt: since, light: 'green' }] });
  expect(lines[2]).toBe(
    'Green     workers  Our own system (No worker is running)  since 2024-11-20 09:00:00+08:00  turn: Our system',
  );
});

test('a stall about a message of the system is dismissed with a reason', async () => {
  const message = 'system:due-instants:pledge:7';
  const path = `/api/v1/cases/${CASE_ID}/message-conflicts/${encodeURIComponent(message)}/dismissal`;
  const { cli, asked } = await api({ [`POST ${path}`]: {} });
  expect(await cli('stalls', 'dismiss', CASE_ID, message, '--reason', 'done by hand')).toMatchObject({
    code: 0,
    out: 'Dismissed. The stall ends within seconds.\n',
  });
  expect(asked.map(({ body }) => body)).toEqual([{ reason: 'done by hand' }]);
});
