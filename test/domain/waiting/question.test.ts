import { describe, expect, it } from 'vitest';
import { duesOf, waitOfStep, type AskedStep } from '../../../domain/waiting/question.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { shanghai } from '../calendar/oracle.ts';
import { parseSource } from '../authoring/small-matter.ts';

describe('the next due of a step', () => {
  const DUES = [
    { kind: 'supplement' as const, key: 'supplement:1', dueAt: 1 },
    { kind: 'supplement' as const, key: 'supplement:2', dueAt: 2 },
    { kind: 'acceptance' as const, key: 'acceptance', stepId: 'intake', dueAt: 3 },
    { kind: 'pledge' as const, key: 'pledge', dueAt: 4 },
  ];
  it.each([
    [{ status: 'supplement', stepId: 'a', noticeId: '2' }, [2]],
    [{ status: 'accepted', stepId: 'intake' }, [3]],
    [{ status: 'accepted', stepId: 'a' }, []],
    [{ status: 'ready', stepId: 'a', because: 'gap' }, [4]],
    [{ status: 'ready', stepId: 'a', because: 'supplement' }, [1, 2]],
  ] as const)('concerns %j at %j', (of, instants) => {
    expect(duesOf(of, DUES).map(({ at: due }) => due)).toEqual(instants);
  });
});

describe('the wait of a step', () => {
  const { matter } = parseSource();
  const SENT = shanghai('2026-11-02T10:00');
  const step: AskedStep = {
    ...{ stepId: 'intake', kind: 'approve', status: 'accepted', attempts: 0, enquiries: 0 },
    ...{ sentAt: SENT, changedAt: SENT },
  };
  const around = { now: SENT, calendar, matter, notice: undefined, dues: [] };

  it('depends on the limit of its definition and on its own dues only', () => {
    const due = { kind: 'acceptance', key: 'acceptance:1', stepId: 'intake', dueAt: SENT + 1 } as const;
    const dues = [due, { ...due, stepId: 'check', dueAt: SENT }];
    const agency = { connection: 'worklist', enquireAfterS: 900 } as const;
    const wait = waitOfStep(step, { ...around, agency, dues });
    expect(wait).toMatchObject({ cause: 'officer-idle', next: { kind: 'acceptance', at: SENT + 1 } });
  });

  it('is the registration of its agency when the registry lacks it, because nothing can be sent there', () => {
    expect(waitOfStep(step, { ...around, agency: undefined })).toMatchObject({ cause: 'agency-unregistered' });
  });

  it('cannot be computed for a step that the matter does not have', () => {
    const unknown = { ...step, stepId: 'unknown' };
    expect(() => waitOfStep(unknown, { ...around, agency: undefined })).toThrow('no step unknown in small-matter');
  });
});
