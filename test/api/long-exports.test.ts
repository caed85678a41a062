import { Writable } from 'node:stream';
import type { Response } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendSheet } from '../../api/exports/send.ts';
import { openExports, type Exports, type ExportRun } from './exporting.ts';

/** How exports of many rows use memory; test/long has the same with fifty thousand. */

const [FEW, MANY] = [500, 5_000];
/**
 * So much more may be held with ten times the rows: a fraction of what they take when all are kept.
 */
const MOST_MORE = 2 * 2 ** 20;
/**
 * How much more was held at one time than at another. The first look still sees what went before.
 */
const rise = ({ held: [, ...held] }: ExportRun): number => Math.max(...held) - Math.min(...held);

let exports: Exports;
let few: Record<'csv' | 'xlsx', ExportRun>;
beforeAll(async () => {
  exports = await openExports();
  await exports.growTo(FEW);
  const take = async (format: 'csv' | 'xlsx') => {
    // What a process needs once, for its first export, is there before it is measured.
    await exports.take(format, { lookEvery: 1 });
    return exports.take(format, { lookEvery: 1 });
  };
  few = { csv: await take('csv'), xlsx: await take('xlsx') };
  await exports.growTo(MANY);
});
afterAll(() => exports.close());

it.each(['csv', 'xlsx'] as const)(
  'a list as %s leaves while it is read, and ten times the rows need no more memory',
  async (format) => {
    const many = await exports.take(format, { lookEvery: 1 });
    expect(many.asked).toBeGreaterThan(20);
    expect(many.askedAtFirst, 'with the first bytes here, hardly anything has been asked').toBeLessThan(10);
    expect(rise(many)).toBeLessThan(rise(few[format]) + MOST_MORE);
    expect(many.text.match(/林\*\*/g)).toHaveLength(MANY);
    expect(many.text).toContain('合计行数');
    expect(many.text).not.toContain('林晓雨');
  },
);

/** The response to somebody who takes one piece and no more, until `goOn`. */
const createSlowReader = () => {
  let held = (): void => undefined;
  let isFree = false;
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const reader = new Writable({
    highWaterMark: 16_384,
    write: (_piece, _encoding, taken) => {
      begin();
      if (isFree) taken();
      else held = taken;
    },
  });
  const headers = {
    status() {
      return this;
    },
    set() {
      return this;
    },
  };
  const goOn = () => {
    isFree = true;
    held();
  };
  return { response: Object.assign(reader, headers) as unknown as Response, begun, goOn };
};

describe('a sheet', () => {
  it.each(['csv', 'xlsx'] as const)('as %s reads rows no faster than they are sent', async (format) => {
    const ROWS = 20_000;
    let asked = 0;
    const rows = async function* () {
      for (; asked < ROWS; asked += 1) yield [`row ${asked}`, Math.random()];
    };
    const sheet = { name: 'x', about: [], columns: ['a', 'b'], rows: rows(), end: () => ['', ''] as const };
    const { response, begun, goOn } = createSlowReader();
    const sent = sendSheet(response, sheet, format, 'x', new AbortController().signal);
    await begun;
    // As many turns as twenty thousand rows would take, if anybody made them.
    for (let turn = 0; turn < ROWS; turn += 1) await new Promise(setImmediate);
    expect(asked).toBeLessThan(ROWS / 4);
    goOn();
    expect(await sent).toBe(ROWS);
  });

  it.each(['csv', 'xlsx'] as const)('as %s is cut off when its caller has to leave', async (format) => {
    const rows = async function* () {
      for (;;) yield ['row', Math.random()];
    };
    const sheet = { name: 'x', about: [], columns: ['a', 'b'], rows: rows(), end: () => ['', ''] as const };
    const { response, begun } = createSlowReader();
    const ended = new AbortController();
    const sent = sendSheet(response, sheet, format, 'x', ended.signal);
    await begun;
    ended.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    expect(response.destroyed).toBe(true);
  });
});
