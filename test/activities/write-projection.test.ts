import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { publishCalendar } from '../../db/registry/calendars.ts';
import { getCase } from '../../db/cases/cases.ts';
import { listDues } from '../../db/cases/dues.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import { verifyLedger } from '../../db/cases/ledger-verification.ts';
import { listNotices } from '../../db/cases/notices.ts';
import type { CalendarData } from '../../domain/calendar/calendar-schema.ts';
import { deadlines } from '../../domain/deadlines/step-clock.ts';
import { findStep } from '../../domain/matter/compile.ts';
import { begin, next } from '../../domain/case/engine.ts';
import type { CaseEvent, Message } from '../../domain/case/messages.ts';
import { changesOf } from '../../domain/case/changes.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import { sampleForm } from '../support/matters.ts';
import { createRig, type Rig, type RigActivities } from './rig.ts';
import { mainland, MAINLAND } from '../domain/calendar/mainland.ts';

let rig: Rig;
let writeProjection: RigActivities['writeProjection'];
beforeAll(async () => {
  rig = await createRig();
  ({ writeProjection } = rig.activities());
});
afterAll(() => rig.close());

/** A Wednesday, 10:00 in China. */
const AT = Date.parse('2024-11-20T02:00:00Z');
const MINUTE = 60_000;

/**
 * A case whose workflow is this test: events go to the engine, what it records goes to the
 * activity.
 */
const drive = async (sample: string, code = 'newborn-registration') => {
  const { caseId } = await rig.submit(sampleForm(sample, code), { code });
  const { plan } = await getCase(rig.db, caseId);
  const [first] = await readLedger(rig.db, caseId, 0, 1);
  let state: CaseState = begin(plan, first!.at);
  let hash = first!.hash;
  const applyEvent = (event: CaseEvent): CaseChanges => {
    const before = state;
    const { state: after, entries } = next(before, event);
    state = after;
    return {
      caseId,
      prevSeq: before.seq,
      prevHash: hash,
      runs: ['run'],
      ...changesOf(after, entries),
    };
  };
  const tell = async (event: CaseEvent): Promise<CaseChanges> => {
    const changes = applyEvent(event);
    ({ hash } = await writeProjection(changes));
    return changes;
  };
  const answer = (stepId: string, kind: 'accepted' | 'approved' | 'refused' | 'supplement', at: number, round = 1) =>
    tell({
      kind: 'answered',
      at,
      stepId,
      round,
      answer:
        kind === 'accepted' ? { kind } : { kind: 'decided', decision: kind, messageId: `${stepId}:${round}:${kind}` },
    });
  return {
    caseId,
    tell,
    applyEvent,
    answer,
    start: () => tell({ kind: 'started', at: AT }),
    dispatch: (at: number, message: Message) => tell({ kind: 'message', at, message }),
    step: (stepId: string) => rig.step(caseId, stepId),
    row: () => getCase(rig.db, caseId),
  };
};
const limitOf = (stepId: string, code?: string) => findStep(rig.matter(code), stepId)!.step.limit;
const dueFrom = (startedAt: number, limit: Parameters<typeof deadlines>[0]['limit']) =>
  deadlines({ calendar: mainland, startedAt, limit, pauses: [] });

describe('the rows of a case', () => {
  it('follow from its entries, with the agencies of the registry and the newest calendar', async () => {
    await rig.setAgency('hospital', { enquireAfterS: 120 });
    const one = await drive('married-single-child');
    await one.start();
    await one.answer('birth-certificate', 'accepted', AT + MINUTE);
    expect(await one.row()).toMatchObject({ status: 'accepted', acceptedAt: AT, ...dueFrom(AT, rig.matter().limit) });
    expect(await one.step('birth-certificate')).toMatchObject({
      ...{ status: 'accepted', startedAt: AT, enquireAt: AT + 2 * MINUTE },
      ...dueFrom(AT, limitOf('birth-certificate')),
    });
    for (const stepId of ['marriage-check', 'birth-certificate']) {
      await one.answer(stepId, 'approved', AT + 2 * MINUTE);
    }
    await one.answer('household-registration', 'refused', AT + 3 * MINUTE);
    expect(await one.step('household-registration')).toMatchObject({ status: 'refused', endedAt: AT + 3 * MINUTE });
    expect(await one.step('social-security-card')).toMatchObject({
      ...{ status: 'blocked', because: 'household-registration', endedAt: AT + 3 * MINUTE },
    });
    await rig.setAgency('hospital');
  });
});

describe('the promise of a case', () => {
  const answer = (at: number): [number, Message] => [
    at,
    {
      kind: 'supplement-answer',
      id: 's1',
      noticeId: '1',
      items: ['birth-certificate:1:1'],
      affected: [],
      by: { role: 'clerk', id: 'clerk-1' },
    },
  ];

  it('moves at the end of a pause on its critical path', async () => {
    const one = await drive('certificates-only');
    await one.start();
    await one.answer('marriage-check', 'approved', AT + MINUTE);
    await one.answer('birth-certificate', 'supplement', AT + 2 * MINUTE);
    const { promisedAt } = await one.row();
    // From Wednesday to the Wednesday after, at the same time: five working days, of which the day
    // of the start is not counted.
    await one.dispatch(...answer(AT + 7 * 1_440 * MINUTE));
    const moved = (await one.row()).promisedAt! - promisedAt!;
    expect(moved).toBeGreaterThan(0);
    await one.answer('birth-certificate', 'approved', AT + 8 * 1_440 * MINUTE, 2);
    expect((await one.row()).promisedAt! - promisedAt!).toBe(moved);
  });

  it('reads the clocks again only if it may have moved', async () => {
    const countLooks = async (work: () => Promise<unknown>): Promise<number> => {
      const query = vi.spyOn(rig.db, 'query');
      await work();
      const names = query.mock.calls.map(([statement]: unknown[]) => statement).filter(isLook);
      query.mockRestore();
      return names.length;
    };
    const one = await drive('certificates-only');
    const runOrdinary = async () => {
      await one.start();
      await one.answer('marriage-check', 'approved', AT + MINUTE);
      await one.answer('birth-certificate', 'accepted', AT + MINUTE);
    };
    expect(await countLooks(runOrdinary)).toBe(0);
    await one.answer('birth-certificate', 'supplement', AT + 2 * MINUTE);
    expect(await countLooks(() => one.dispatch(...answer(AT + 90 * MINUTE)))).toBe(1);
  });
});

const isLook = (statement: unknown): boolean =>
  typeof statement === 'object' && statement !== null && 'name' in statement && statement.name === 'read-clocks';

describe('another calendar', () => {
  const by = { role: 'system', id: 'calendar-rollout' } as const;
  const publish = (calendar: CalendarData) => publishCalendar(rig.db, { calendar, hash: calendar.version, by: 'test' });
  const change = (calendar: string, before: string): Message => ({
    kind: 'calendar-change',
    id: calendar,
    calendar,
    before,
    by,
  });
  /** The Thursday after is a holiday. */
  const HOLIDAY: CalendarData['notices'][number] = {
    year: 2024,
    source: '测试',
    holidays: [{ name: { zh: '假', en: 'Off' }, from: '2024-11-21', to: '2024-11-21' }],
    workdays: [],
    halfDays: [],
  };

  it('moves only open dates: ended ones stay, and no step counts as changed', async () => {
    const one = await drive('certificates-only');
    await one.start();
    await one.answer('marriage-check', 'approved', AT + MINUTE);
    await one.answer('birth-certificate', 'approved', AT + 2 * MINUTE);
    await one.answer('household-registration', 'supplement', AT + 3 * MINUTE);
    await one.dispatch(AT + 4 * MINUTE, { kind: 'due', id: 'due', key: 'gathering:1', by });
    const before = { case: await one.row(), open: await one.step('household-registration') };
    const done = await one.step('birth-certificate');
    const notice = (await listNotices(rig.db, one.caseId))[0]!;
    await publish({ ...MAINLAND, version: '2026.2', notices: [...MAINLAND.notices, HOLIDAY] });

    await one.dispatch(AT + 5 * MINUTE, change('2026.2', '2026.1'));
    const DAY = 1_440 * MINUTE;
    expect(await one.row()).toMatchObject({ promisedAt: before.case.promisedAt! + DAY, status: 'accepted' });
    const { promisedAt, yellowAt: _yellowAt, ...same } = before.open;
    const moved = await one.step('household-registration');
    expect(moved.promisedAt).toBe(promisedAt! + DAY);
    expect(moved).toMatchObject(same);
    expect(await one.step('birth-certificate')).toEqual(done);
    expect((await listNotices(rig.db, one.caseId))[0]!.dueAt! - notice.dueAt!).toBe(DAY);
    expect((await listDues(rig.db, one.caseId)).at(-1)).toMatchObject({
      kind: 'supplement',
      dueAt: notice.dueAt! + DAY,
    });
    expect((await rig.ledger(one.caseId)).at(-1)).toMatchObject({ kind: 'calendar-changed', before: '2026.1' });
  });
});

describe('changes that are written again', () => {
  it('changes nothing and gives the same answer', async () => {
    const one = await drive('certificates-only');
    const changes = one.applyEvent({ kind: 'started', at: AT });
    const first = await writeProjection(changes);
    const before = [await one.row(), await one.step('marriage-check')];
    expect(await writeProjection(changes, 2)).toEqual(first);
    expect([await one.row(), await one.step('marriage-check')]).toEqual(before);
    expect(await rig.ledger(one.caseId)).toHaveLength(1 + changes.entries.length);
  });

  it('is refused if the ledger has another history', async () => {
    const one = await drive('certificates-only');
    const changes = one.applyEvent({ kind: 'started', at: AT });
    await writeProjection(changes);
    const [entry, ...others] = changes.entries;
    const other = { ...changes, entries: [{ ...entry!, at: AT + 1 }, ...others] };
    await expect(writeProjection(other)).rejects.toMatchObject({ type: 'LEDGER_CONFLICT' });
  });

  it('leaves a ledger whose chain holds', async () => {
    const one = await drive('certificates-only');
    await one.start();
    await one.answer('marriage-check', 'approved', AT + MINUTE);
    await one.answer('birth-certificate', 'accepted', AT + MINUTE);
    expect(await verifyLedger(rig.db, one.caseId)).toEqual([]);
  });
});
