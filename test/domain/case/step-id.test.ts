import { describe, expect, it } from 'vitest';
import { formatStepId, parseStepId } from '../../../domain/case/step-id.ts';

describe('the id of a step', () => {
  it.each([
    ['card', { definition: 'card' }],
    ['card.2', { definition: 'card', number: 2 }],
    ['card.12', { definition: 'card', number: 12 }],
  ])('%s is parsed and formatted', (id, parts) => {
    expect(parseStepId(id)).toEqual(parts);
    expect(formatStepId(parts)).toBe(id);
  });

  it.each(['', '.', '.1', 'card.', 'card.0', 'card.01', 'card.x', 'card.1.1'])('%j is not valid', (id) => {
    expect(parseStepId(id)).toBeUndefined();
  });
});
