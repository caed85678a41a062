import { expect, test } from 'vitest';
import { tripsOf, valueOfCases, type ServedCase } from '../../../domain/reports/value.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { shanghai as at } from '../calendar/oracle.ts';

const createServed = (change: Partial<ServedCase>): ServedCase => ({
  matter: 'move',
  channel: 'window',
  submittedAt: at('2026-11-02T09:00'),
  endedAt: at('2026-11-03T09:00'),
  handedIn: 2,
  answered: 0,
  fetched: false,
  ...change,
});
const valueOf = (...parts: ServedCase[][]) =>
  valueOfCases(
    calendar,
    (async function* () {
      yield* parts;
    })(),
  );

test.each([
  ['window', 0, false, 1],
  ['kiosk', 0, false, 1],
  ['window', 2, false, 3],
  ['window', 1, true, 3],
  ['online', 0, false, 0],
  ['online', 2, false, 0],
  ['online', 2, true, 1],
] as const)('%s, %d notices answered, papers fetched: %s makes %d trips', (channel, answered, fetched, trips) => {
  expect(tripsOf({ channel, answered, fetched })).toBe(trips);
});

test('each figure is the average of the cases of a matter', async () => {
  const cases = [
    createServed({}),
    // From Friday to Monday is one working day.
    createServed({ submittedAt: at('2026-11-06T09:00'), endedAt: at('2026-11-09T17:00'), handedIn: 0, answered: 1 }),
    createServed({ matter: 'birth', channel: 'online' }),
  ];
  expect(await valueOf(cases)).toEqual([
    { matter: 'birth', cases: 1, materials: 2, trips: 0, workingDays: 1 },
    { matter: 'move', cases: 2, materials: 1, trips: 1.5, workingDays: 1.5 },
  ]);
  expect(await valueOf(...cases.map((one) => [one]))).toEqual(await valueOf(cases));
});

test('cases without a count of materials count only for the other figures', async () => {
  const { handedIn: _, ...uncounted } = createServed({ answered: 2 });
  expect(await valueOf([createServed({}), uncounted])).toEqual([
    { matter: 'move', cases: 2, materials: 2, trips: 2, workingDays: 1 },
  ]);
  expect(await valueOf([uncounted])).toEqual([{ matter: 'move', cases: 1, trips: 3, workingDays: 1 }]);
  expect(await valueOf()).toEqual([]);
});
