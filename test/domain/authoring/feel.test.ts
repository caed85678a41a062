import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateFeel, judge } from '../../../domain/matter/expressions.ts';
import { caseScope, itemScope } from '../../../domain/matter/scope.ts';
import { CLOCK, parseSource } from './small-matter.ts';

describe('an expression', () => {
  it('is evaluated for each scope separately, with any other values in it', () => {
    const name = fc.constantFrom('share', 'shareOf', 'share2', 'date', 'number');
    fc.assert(
      fc.property(fc.dictionary(name, fc.integer()), name, name, (scope, left, right) => {
        const { value, fault } = evaluateFeel(`${left} + ${right}`, scope);
        if (Object.hasOwn(scope, left) && Object.hasOwn(scope, right)) {
          expect({ value, fault }).toEqual({ value: scope[left]! + scope[right]!, fault: undefined });
        } else {
          expect({ value, fault: typeof fault }).toEqual({ value: null, fault: 'string' });
        }
      }),
    );
  });

  it('reports the missing name, and no value', () => {
    expect(evaluateFeel('owner.name = seller', { owner: { name: '林晓雨' } })).toEqual({
      value: null,
      fault: 'NO_VARIABLE_FOUND at “seller”',
    });
  });

  it('does not know the names that every JavaScript object has', () => {
    const { scope } = caseScope(parseSource().matter, {}, CLOCK);
    for (const judged of [scope, itemScope(scope, {}, 0)]) {
      expect(evaluateFeel('constructor = null', judged).fault).toBe('NO_VARIABLE_FOUND at “constructor”');
    }
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__proto__'])(
    'gives nothing for %s, in any scope',
    (name) => {
      for (const expression of [name, `item.${name}`, `children.${name}`]) {
        const { value, fault } = evaluateFeel(expression, { item: {}, children: [{}] });
        expect([value, fault]).toEqual([null, expect.stringMatching(/FOUND|evaluated/)]);
      }
    },
  );

  it.each([
    'count(for i in 1..3000000 return i)',
    'some i in 1..3000000 satisfies i > 5000000',
    'some i in [1..3000000] satisfies i > 5000000',
    'some i in 1..many satisfies i > 5000000',
    'replace(text, "^(a+)+$", "x")',
    'matches(text, "^(a+)+$")',
    'matches(text, "\\u0028a+\\u0029+")',
    'matches(text, pattern)',
    '(matches)(text, pattern)',
    'split(text, "a*a*a*b")',
    'count(for i in 1..1000 return flatten([partial, partial]))',
    'count({a: [1, 1], b: concatenate(a, a)}.b)',
    'some a in list, b in list, c in list satisfies a > b + c',
    'list[list[list[item > 1] = item] = item]',
  ])('is not evaluated if its cost has no bound: %s', (expression) => {
    const scope = { many: 3_000_000, text: `${'a'.repeat(31)}!`, pattern: '(a+)+$', list: [1, 2] };
    expect(evaluateFeel(expression, scope)).toEqual({ value: null, fault: 'its cost is not bounded' });
  });

  it('may contain names inside its texts', () => {
    expect(judge('kind = "date of item"', { kind: 'date of item', item: null })).toEqual({ holds: true });
  });

  it('of an item uses the item, its number, and the current values of the case', () => {
    const scope: Record<string, unknown> = { children: [{ order: 1 }, { order: 2 }], index: 'of the case' };
    const second = itemScope(scope, { order: 2 }, 1);
    scope['limit'] = 2;
    expect(judge('item.order = index and index <= limit and count(children) = 2', second)).toEqual({ holds: true });
    expect(judge('index = "of the case"', scope)).toEqual({ holds: true });
  });
});
