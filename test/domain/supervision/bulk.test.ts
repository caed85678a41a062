import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BULK_VERBS,
  bulkAfter,
  bulkMessage,
  bulkMessageId,
  whyNotBulk,
  type Bulk,
  type BulkStatus,
} from '../../../domain/supervision/bulk.ts';
import type { Actor } from '../../../domain/case/messages.ts';

const ONE: Actor = { role: 'supervisor', id: 'one' };
const TWO: Actor = { role: 'supervisor', id: 'two' };
const act = (status: BulkStatus, total = 51): Bulk => ({ status, createdBy: ONE, total });

describe('a bulk act', () => {
  it.each([
    ['draft', ['start', 'stop']],
    ['awaiting-second', ['confirm', 'stop']],
    ['running', ['pause', 'stop']],
    ['paused', ['resume', 'stop']],
    ['stopped', []],
    ['done', []],
  ] as const)('that is %s lets a second person do %j', (status, verbs) => {
    expect(BULK_VERBS.filter((verb) => whyNotBulk(act(status), verb, TWO) === undefined)).toEqual(verbs);
  });

  it('of 50 items starts at once, one of 51 items after another person has confirmed it', () => {
    expect(bulkAfter(act('draft', 50), 'start')).toBe('running');
    expect(bulkAfter(act('draft', 51), 'start')).toBe('awaiting-second');
    expect(whyNotBulk(act('awaiting-second'), 'confirm', ONE)).toBe('SECOND_PERSON_REQUIRED');
    expect(whyNotBulk(act('awaiting-second'), 'confirm', { ...ONE, role: 'admin' })).toBe('SECOND_PERSON_REQUIRED');
    expect(whyNotBulk(act('awaiting-second'), 'confirm', TWO)).toBeUndefined();
  });

  it('of more than 50 items never runs before a second person confirms, after any actions of the first', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...BULK_VERBS)), (verbs) => {
        let status: BulkStatus = 'draft';
        for (const verb of verbs) {
          if (whyNotBulk(act(status), verb, ONE) === undefined) status = bulkAfter(act(status), verb);
          expect(['draft', 'awaiting-second', 'stopped']).toContain(status);
        }
      }),
    );
  });

  it('sends each case one message, with an id from its place in the list', () => {
    expect(bulkMessageId('b', 7)).toBe('system:bulk-executor:b:7');
    expect(bulkMessage({ kind: 'extend', days: 3 }, 'x', ONE, 's')).toEqual({
      kind: 'extension',
      id: 'x',
      by: ONE,
      stepId: 's',
      days: 3,
    });
    expect(bulkMessage({ kind: 'terminate' }, 'x', ONE, undefined)).toEqual({ kind: 'termination', id: 'x', by: ONE });
    expect(() => bulkMessage({ kind: 'urge' }, 'x', ONE, undefined)).toThrow('about a step');
  });
});
