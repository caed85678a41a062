import { describe, expect, it } from 'vitest';
import { AGENCY_NATURES } from '../../domain/agency/nature.ts';
import { remedyOf } from '../../domain/remedy.ts';
import { parseSource } from './authoring/small-matter.ts';

const { matter } = parseSource();

describe('the remedy against a refusal', () => {
  it.each(AGENCY_NATURES)('of an agency that is an %s: a court only against an authority', (nature) => {
    const { remedy } = remedyOf(matter, 'check', { nature });
    const isDecision = nature === 'organ' || nature === 'authorised';
    expect([remedy.zh.includes('行政复议'), remedy.zh.includes('人民法院')]).toEqual([isDecision, isDecision]);
    expect(remedy.zh.includes('12345')).toBe(!isDecision);
  });

  it('gives the rule and no date, because the periods run from the service of the decision', () => {
    const { zh, en } = remedyOf(matter, 'check', { nature: 'organ' }).remedy;
    expect([zh, en].join('')).not.toMatch(/\d{4}/);
    expect(zh).toContain('自收到决定书之日起60日内');
    expect(zh).toContain('自收到决定书之日起6个月内');
  });

  it('names the ground that the agency gave, and no other one', () => {
    expect(remedyOf(matter, 'check', { nature: 'organ', ground: 'no-such-ground' })).not.toHaveProperty('ground');
  });

  it('has the basis of that ground, and never the laws that the matter rests on', () => {
    const steps = matter.steps.map((step) => ({
      ...step,
      refusals: [{ code: 'known', name: { zh: '理由', en: 'ground' }, basis: '户口登记条例第十条' }],
    }));
    const basisOf = (ground?: string) =>
      remedyOf({ ...matter, basis: ['民法典'], steps }, 'check', { nature: 'organ', ground }).basis;
    expect([basisOf('known'), basisOf('other'), basisOf()]).toEqual([['户口登记条例第十条'], [], []]);
  });
});
