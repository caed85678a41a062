import { describe, expect, it } from 'vitest';
import { STEP_STATUSES, isStepEnd } from '../../../domain/case/status.ts';
import { caseWait } from '../../../domain/waiting/case-wait.ts';
import { FAULTS, WAITING_CAUSES } from '../../../domain/waiting/causes.ts';
import { waitOf, type Surroundings, type WaitingStep } from '../../../domain/waiting/step-wait.ts';
import { isStalled, type Wait } from '../../../domain/waiting/wait.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { shanghai } from '../calendar/oracle.ts';

/** Windows are open 09:00–12:00 and 13:30–17:00; Monday, 2 November 2026. */
const at = (time: string, day = 2): number => shanghai(`2026-11-0${day}T${time}`);
const SENT = at('10:00');
const NOW = at('10:01');
const S = 1_000;

const step = (change: Partial<WaitingStep>): WaitingStep => ({
  ...{ kind: 'approve', status: 'accepted', attempts: 0, enquiries: 0, sentAt: SENT, changedAt: SENT },
  ...change,
});
const createSurroundings = (change: Partial<Surroundings> = {}): Surroundings => ({
  ...{ now: NOW, calendar, limit: { workingDays: 5 }, dues: [] },
  agency: { connection: 'push', enquireAfterS: 900 },
  ...change,
});
const officers = { connection: 'worklist', enquireAfterS: 900 } as const;

/**
 * Every cause, with a row and an instant: the wait, the start of the stall and the next automatic
 * action.
 */
const TABLE: [title: string, step: Partial<WaitingStep>, around: Partial<Surroundings>, wait: Partial<Wait>][] = [
  ['waits for other steps', { status: 'waiting' }, {}, { cause: 'upstream', detail: 'OTHER_STEPS', turn: 'upstream' }],
  [
    'is being sent',
    { status: 'submitted' },
    {},
    { cause: 'system', detail: 'SENDING', turn: 'system', stallsAt: SENT + 30 * S },
  ],
  [
    'is about to be sent',
    { status: 'ready' },
    {},
    { cause: 'system', detail: 'SENDING', turn: 'system', stallsAt: SENT + 30 * S },
  ],
  [
    'waits in a queue with a rate limit',
    { status: 'submitted' },
    { agency: { connection: 'push', enquireAfterS: 900, maxPerSecond: 1 } },
    { cause: 'system', detail: 'RATE_CAPPED', stallsAt: at('17:00', 3) },
  ],
  [
    'waits because many steps of its case are being sent to the agency',
    { status: 'submitted' },
    { agency: { connection: 'push', enquireAfterS: 900, maxInFlight: 16 }, sending: 17 },
    { cause: 'system', detail: 'RATE_CAPPED', stallsAt: at('17:00', 3) },
  ],
  [
    'is being sent, with as many others of its case as the agency takes',
    { status: 'submitted' },
    { agency: { connection: 'push', enquireAfterS: 900, maxInFlight: 16 }, sending: 16 },
    { cause: 'system', detail: 'SENDING' },
  ],
  [
    'is with an agency that an operator has disabled after the sending',
    { status: 'accepted', enquireAt: at('10:02') },
    { agency: { connection: 'push', enquireAfterS: 900, disabledAt: at('10:00') } },
    { cause: 'agency-disabled', detail: 'DISABLED', turn: 'agency', since: SENT, stallsAt: SENT },
  ],
  [
    'is not sent to an agency that is disabled',
    { status: 'submitted', parkedAt: SENT },
    { agency: { connection: 'push', enquireAfterS: 900, disabledAt: at('09:00') } },
    { cause: 'agency-disabled', since: SENT, stallsAt: SENT },
  ],
  [
    'cannot be sent to an agency that is not registered',
    { status: 'submitted' },
    { agency: undefined },
    { cause: 'agency-unregistered', detail: 'UNREGISTERED', turn: 'system', since: SENT, stallsAt: SENT },
  ],
  [
    'waits for the registration of its agency and not for the queue that it does not have',
    { status: 'submitted' },
    { agency: undefined, fault: 'NOT_PICKED_UP' },
    { cause: 'agency-unregistered', detail: 'UNREGISTERED', stallsAt: SENT },
  ],
  [
    'is decided in a division that no office serves',
    { status: 'submitted', unserved: true, attempts: 2, lastErrorAt: NOW, nextAttemptAt: at('10:02') },
    {},
    { cause: 'no-office', detail: 'NO_OFFICE', turn: 'officer', since: SENT, stallsAt: SENT },
  ],
  [
    'was sent without an answer',
    { status: 'submitted', attempts: 2, lastErrorAt: NOW, nextAttemptAt: at('10:02') },
    {},
    {
      cause: 'agency-unreachable',
      detail: 'UNANSWERED',
      turn: 'agency',
      since: SENT,
      stallsAt: SENT + 10 * S,
      next: { kind: 'attempt', at: at('10:02') },
    },
  ],
  [
    'is parked, because its agency has an outage',
    { status: 'submitted', attempts: 5, parkedAt: at('10:00') + 30 * S },
    {},
    {
      cause: 'agency-unreachable',
      detail: 'OUTAGE',
      since: at('10:00') + 30 * S,
      stallsAt: at('10:00') + 30 * S,
      next: { kind: 'probe' },
    },
  ],
  [
    'is being undone, without counting earlier failures',
    { status: 'undoing', attempts: 3, lastErrorAt: SENT - 1 },
    {},
    { cause: 'system', detail: 'SENDING' },
  ],
  [
    'is being undone without an answer',
    { status: 'undoing', attempts: 3, lastErrorAt: NOW },
    {},
    { cause: 'agency-unreachable', detail: 'UNANSWERED', next: { kind: 'attempt' } },
  ],
  [
    'was rejected by the agency',
    { status: 'attention', attention: 'AGENCY_REJECTED' },
    {},
    { cause: 'agency-rejected', turn: 'officer', stallsAt: SENT },
  ],
  [
    'was answered with a rejected signature or address',
    { status: 'attention', attention: 'AGENCY_SETUP' },
    {},
    { cause: 'agency-rejected' },
  ],
  [
    'was answered with an unreadable body',
    { status: 'attention', attention: 'AGENCY_UNREADABLE' },
    {},
    { cause: 'agency-rejected' },
  ],
  ['could not be undone', { status: 'attention', attention: 'UNDO_REJECTED' }, {}, { cause: 'agency-rejected' }],
  ['has a fault of ours', { status: 'attention', attention: 'STEP_FAULT' }, {}, { cause: 'system', turn: 'officer' }],
  [
    'is to be corrected by a person',
    { status: 'attention', attention: 'CORRECTION_BY_PERSON' },
    {},
    { cause: 'officer-idle' },
  ],
  ['is to be undone by a person', { status: 'attention', attention: 'UNDO_BY_PERSON' }, {}, { cause: 'officer-idle' }],
  ['came back by post', { status: 'attention', attention: 'PARCEL_RETURNED' }, {}, { cause: 'courier' }],
  [
    'is with the system of the agency, which has been silent for three intervals',
    { enquireAt: at('10:45') + 1, enquiries: 2 },
    { now: at('10:45') },
    { cause: 'agency-silent', detail: 'DECISION', turn: 'agency', since: SENT, stallsAt: at('10:45') },
  ],
  [
    'is with the system of the agency, which gets an enquiry',
    { enquireAt: at('10:15') },
    {},
    {
      cause: 'agency-working',
      detail: 'DECISION',
      turn: 'agency',
      since: SENT,
      stallsAt: at('10:45'),
      next: { kind: 'enquiry', at: at('10:15') },
    },
  ],
  [
    'is with the officers of the agency',
    {},
    { agency: officers },
    { cause: 'officer-idle', detail: 'DECISION', turn: 'officer', stallsAt: at('17:00', 3) },
  ],
  [
    'is with the officers of the agency, with a limit in hours',
    {},
    { agency: officers, limit: { workingMinutes: 60 } },
    { cause: 'officer-idle', stallsAt: at('15:30') },
  ],
  [
    'is with the officers again after a supplement',
    { clock: { startedAt: SENT, holds: [{ from: SENT, to: at('10:30'), why: 'supplement' }] } },
    { agency: officers, now: at('10:31') },
    { cause: 'officer-idle', since: at('10:30'), stallsAt: at('17:00', 3) },
  ],
  ['is to be paid', { kind: 'pay' }, {}, { cause: 'payment', detail: 'PAYMENT', turn: 'applicant' }],
  ['is with the courier', { kind: 'deliver' }, {}, { cause: 'courier', detail: 'DELIVERY', turn: 'courier' }],
  [
    'is collected with other requests for a supplement',
    { status: 'supplement' },
    { notice: { status: 'gathering' }, dues: [{ kind: 'gathering', at: at('10:30') }] },
    {
      cause: 'system',
      detail: 'GATHERING',
      next: { kind: 'gathering', at: at('10:30') },
      stallsAt: at('10:30') + 30 * S,
    },
  ],
  [
    'waits for a supplement from the applicant',
    { status: 'supplement' },
    {
      notice: { status: 'open', notifiedAt: at('10:00') + 30 * S },
      dues: [
        { kind: 'supplement', at: at('17:00', 6) },
        { kind: 'reminder', at: at('17:00', 4) },
      ],
    },
    {
      cause: 'applicant',
      detail: 'SUPPLEMENT',
      turn: 'applicant',
      since: at('10:00') + 30 * S,
      next: { kind: 'reminder', at: at('17:00', 4) },
    },
  ],
  [
    'is deferred by a gap until the pledge expires',
    { status: 'ready', because: 'gap' },
    { dues: [{ kind: 'pledge', at: at('17:00', 6) }] },
    { cause: 'applicant', detail: 'GAP', stallsAt: at('17:00', 6) },
  ],
  [
    'is deferred by an expired pledge',
    { status: 'ready', because: 'pledge' },
    {},
    { cause: 'applicant', detail: 'PLEDGE', stallsAt: SENT },
  ],
  [
    'is deferred by a supplement that the window requested',
    { status: 'ready', because: 'supplement' },
    {},
    { cause: 'applicant', detail: 'SUPPLEMENT' },
  ],
  [
    'is in a special procedure of the announced length',
    { status: 'suspended', suspension: { procedure: 'hearing', expectedDays: 3, at: SENT } },
    {},
    { cause: 'special-procedure', detail: 'PROCEDURE', turn: 'agency', stallsAt: at('17:00', 5) },
  ],
  [
    'is in a special procedure in calendar days',
    {
      status: 'suspended',
      suspension: { procedure: 'public-notice', expectedDays: 7, unit: 'calendar-days', at: SENT },
    },
    {},
    { cause: 'special-procedure', stallsAt: at('17:00', 9) },
  ],
  [
    'is suspended by a supervisor',
    { status: 'suspended', suspension: { procedure: 'other', expectedDays: 1, at: SENT } },
    {},
    { cause: 'officer-idle', detail: 'SUSPENSION', turn: 'officer', stallsAt: at('17:00', 3) },
  ],
];

describe('a step', () => {
  it.each(TABLE)('that %s', (_title, row, surroundings, wait) => {
    expect(waitOf(step(row), createSurroundings(surroundings))).toMatchObject(wait);
  });

  it('has every cause in this table', () => {
    expect(new Set(TABLE.map(([, , , { cause }]) => cause))).toEqual(new Set(WAITING_CAUSES));
  });

  it.each(STEP_STATUSES)('that is %s has exactly one wait, or none after its end', (status) => {
    const wait = waitOf(step({ status }), createSurroundings());
    expect(wait === undefined).toBe(isStepEnd(status));
    expect(wait?.stallsAt === undefined).toBe(isStepEnd(status) || status === 'waiting');
  });

  it('is a stall from its threshold on, and not one millisecond earlier', () => {
    const wait = waitOf(step({ status: 'submitted' }), createSurroundings())!;
    expect(isStalled(wait, wait.stallsAt! - 1)).toBe(false);
    expect(isStalled(wait, wait.stallsAt!)).toBe(true);
  });

  it('whose next automatic action is overdue waits for our system', () => {
    const row = step({ enquireAt: at('10:15') });
    expect(waitOf(row, createSurroundings({ now: at('10:15') + 29 * S }))).toMatchObject({ cause: 'agency-working' });
    expect(waitOf(row, createSurroundings({ now: at('10:15') + 30 * S }))).toMatchObject({
      ...{ cause: 'system', detail: 'OVERDUE', since: at('10:15'), next: { kind: 'enquiry' } },
    });
  });

  it('whose agency has sent a progress note is silent only some time after the note', () => {
    expect(waitOf(step({ enquireAt: at('11:00') }), createSurroundings())).toMatchObject({ stallsAt: at('11:30') });
  });

  it.each(FAULTS)('is not attributed to another party during %s on our side', (fault) => {
    const sending = step({ status: 'submitted' });
    expect(waitOf(sending, createSurroundings({ fault }))).toMatchObject({
      cause: 'system',
      detail: fault,
      stallsAt: SENT + 10 * S,
    });
    // A step at the agency does not wait for the sending.
    expect(waitOf(step({}), createSurroundings({ fault }))).toMatchObject({ cause: 'agency-working' });
  });

  it('waits for its case while the case is stalled, and for its own cause while the case only waits', () => {
    const ofCase = caseWait({ submittedAt: SENT, started: true, ledgerSeq: 2, messageSince: SENT })!;
    expect(waitOf(step({}), createSurroundings({ ofCase }))).toBe(ofCase);
    expect(waitOf(step({}), createSurroundings({ ofCase, now: SENT + 29 * S }))).toMatchObject({
      cause: 'agency-working',
    });
  });

  it('of a case that has not begun waits for the start', () => {
    const ofCase = caseWait({ submittedAt: NOW, started: false, ledgerSeq: 1 })!;
    expect(waitOf(step({ status: 'waiting' }), createSurroundings({ ofCase }))).toMatchObject({
      detail: 'STARTING',
    });
    const late = caseWait({ submittedAt: NOW - 30 * S, started: false, ledgerSeq: 1 })!;
    expect(waitOf(step({ status: 'waiting' }), createSurroundings({ ofCase: late }))).toMatchObject({
      detail: 'NOT_STARTED',
    });
  });
});
