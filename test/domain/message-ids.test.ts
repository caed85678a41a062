import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../domain/case/messages.ts';
import { CALLERS_ID, mayHoldIdNumber, storedId } from '../../domain/message-ids.ts';
import { SYSTEM_ACTORS } from '../../domain/case/system-actors.ts';
import { START_UPDATE_ID } from '../../workflows/names.ts';

const own = fc.stringMatching(CALLERS_ID);
const person: fc.Arbitrary<Actor> = fc.record({
  role: fc.constantFrom('agency', 'officer', 'clerk', 'supervisor', 'admin'),
  id: fc.stringMatching(/^[\w.-]{1,64}$/),
});
const system: fc.Arbitrary<Actor> = fc.constantFrom(...SYSTEM_ACTORS).map((id) => ({ role: 'system', id }));

describe('the stored id of a message', () => {
  it('is that of one sender and one id only', () => {
    fc.assert(
      fc.property(person, own, fc.oneof(person, system), own, (one, id, other, otherId) => {
        const same = one.role === other.role && one.id === other.id && id === otherId;
        expect(storedId(one, id) === storedId(other, otherId)).toBe(same);
      }),
    );
  });

  it('is never the id of the update that fetches the first entries of a case', () => {
    fc.assert(fc.property(person, own, (by, id) => storedId(by, id) !== START_UPDATE_ID));
    expect(storedId({ role: 'clerk', id: 'clerk-1' }, START_UPDATE_ID)).toBe('clerk:clerk-1:start');
  });
});

describe('an id of a caller', () => {
  it.each([
    'police-20251124-000017',
    'msg_2Lh9KRb3',
    '0192f0c4-7e57-7000-8000-000000000001:step.2:1',
    'a',
    'a'.repeat(100),
  ])('may be %s', (id) => {
    expect(CALLERS_ID.test(id)).toBe(true);
    expect(mayHoldIdNumber(id)).toBe(false);
  });

  it.each(['', 'a'.repeat(101), '林晓雨', 'a b', 'a/b', 'a~b', 'a\n', 'a\u202Eb', 'a@b'])('is not %j', (id) => {
    expect(CALLERS_ID.test(id)).toBe(false);
  });

  it.each(['339900198802290020', '33990019880229002X', 'p-339900198802290-1', 'x339900198802290020y'])(
    'may hold an ID number: %s',
    (id) => expect(mayHoldIdNumber(id)).toBe(true),
  );
});
