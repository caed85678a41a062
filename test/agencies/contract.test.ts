import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decision, formatRequestId, parseRequestId, Rejection, StepRequest } from '../../agencies/contract.ts';
import { stepRequest } from './requests.ts';

const requestId = '0192f0c4-7e57-7000-8000-000000000001:birth:1';
const decision = { messageId: 'm-1', requestId, decision: 'approved' };

describe('a request id', () => {
  it('gives back the case, the step and the round', () => {
    const stepId = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,3}(\.[1-9])?$/);
    fc.assert(
      fc.property(fc.uuid(), stepId, fc.integer({ min: 1, max: 99_999 }), (caseId, step, round) => {
        const key = { caseId, stepId: step, round };
        expect(parseRequestId(formatRequestId(key))).toEqual(key);
      }),
    );
  });

  it.each([
    '',
    'birth-certificate:1',
    '0192f0c4-7e57-7000-8000-000000000001:birth:0',
    '0192f0c4-7e57-7000-8000-000000000001:birth:01',
    '0192f0c4-7e57-7000-8000-000000000001:birth:1:enquiry',
    '0192f0c4-7e57-7000-8000-000000000001:../birth:1',
    '0192f0c4-7e57-7000-8000-000000000001:birth:1\n',
    '0192F0C4-7E57-7000-8000-000000000001:birth:1',
  ])('is not %j', (text) => {
    expect(parseRequestId(text)).toBeUndefined();
  });
});

describe('a step request', () => {
  it('has no undeclared field', () => {
    expect(StepRequest.safeParse({ ...stepRequest(), mother: { idNo: 'x' } }).success).toBe(false);
  });

  it('calls back over http or https only', () => {
    expect(StepRequest.safeParse(stepRequest({ callbackUrl: 'file:///etc/passwd' })).success).toBe(false);
  });
});

describe('a decision', () => {
  it.each<[string, object]>([
    ['a long reason', { reason: '理'.repeat(2000) }],
    ['results of every kind', { result: { certificateNo: 'S000000001', pages: 2, printed: true, 证号: '一' } }],
    ['fifty results', { result: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key${n}`, n])) }],
    ['supplements', { decision: 'supplement', supplements: [{ field: 'mother.idNo', reason: '不清晰' }] }],
  ])('may have %s', (_, part) => {
    expect(Decision.parse({ ...decision, ...part })).toEqual({ ...decision, ...part });
  });

  it('cannot bring a prototype', () => {
    const { result } = Decision.parse({ ...decision, result: JSON.parse('{"__proto__":"x","a":1}') as object });
    expect([Object.keys(result!), Object.getPrototypeOf(result)]).toEqual([['a'], Object.prototype]);
  });

  it('loses the fields that it may not have', () => {
    expect(Decision.parse({ ...decision, signedBy: 'somebody', supplements: [{ reason: 'r', note: 1 }] })).toEqual({
      ...decision,
      supplements: [{ reason: 'r' }],
    });
  });

  it.each<[string, object]>([
    ['no message id', { messageId: undefined }],
    ['an empty message id', { messageId: '' }],
    ['no request id', { requestId: undefined }],
    ['a message id that no row can hold', { messageId: 'm'.repeat(201) }],
    ['a decision that is none', { decision: 'maybe' }],
    ['too long a reason', { reason: 'x'.repeat(2001) }],
    ['a NUL, which Postgres cannot keep', { reason: 'a\0b' }],
    ['half a surrogate pair', { reason: 'a\ud800' }],
    ['nested results', { result: { a: { b: 1 } } }],
    ['a result that is no number', { result: { a: NaN } }],
    ['too many results', { result: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`key${n}`, n])) }],
    ['too many supplements', { supplements: Array.from({ length: 51 }, () => ({ reason: 'r' })) }],
    ['a supplement without a reason', { supplements: [{ field: 'mother.idNo' }] }],
  ])('is refused with %s', (_, part) => {
    expect(Decision.safeParse({ ...decision, ...part }).success).toBe(false);
  });
});

describe('a rejection', () => {
  it.each([
    ...['330106199001011234', 'name=Zhang San', 'zhangsan', 'A1234567'],
    ...['ZHANGSAN', 'ZHANG_SAN', 'ZHANG_SAN_INVALID', 'E1234567'],
  ])('has no code such as %j', (code) => {
    expect(Rejection.safeParse({ code }).success).toBe(false);
  });

  it.each(['FIELD_INVALID', 'E1', 'E104200'])('has a code of the protocol, or a number: %s', (code) => {
    expect(Rejection.safeParse({ code }).success).toBe(true);
  });
});
