import { describe, expect, it, vi } from 'vitest';
import { createUnderWay } from '../../../worker/relay/in-flight-cases.ts';

const begin = () => {
  const onMore = vi.fn();
  const underWay = createUnderWay(onMore);
  const [arrived, arrive] = [new Array<Promise<void>>(), new Array<() => void>()];
  const bring = (caseId: string, more?: boolean) => {
    arrived.push(underWay.during(caseId, new Promise<void>((resolve) => arrive.push(resolve)), more));
  };
  const allArrive = async () => {
    arrive.splice(0).forEach((resolve) => resolve());
    await Promise.all(arrived.splice(0));
  };
  return { underWay, onMore, bring, allArrive };
};

describe('what comes for a case', () => {
  it('is looked for at once when nothing is under way there', () => {
    const { underWay, bring } = begin();
    bring('one');
    expect(underWay.heard('other')).toBe(false);
    expect(underWay.cases()).toEqual(['one']);
  });

  it('is looked for when that has arrived which is under way', async () => {
    const { underWay, onMore, bring, allArrive } = begin();
    bring('one');
    expect(underWay.heard('one')).toBe(true);
    underWay.look();
    expect(onMore).not.toHaveBeenCalled();
    await allArrive();
    expect(onMore).toHaveBeenCalledOnce();
    expect(underWay.cases()).toEqual([]);
    bring('one');
    await allArrive();
    expect(onMore).toHaveBeenCalledOnce();
  });

  it('is looked for again when it was heard of during the look that brought its case under way', async () => {
    const { underWay, onMore, bring, allArrive } = begin();
    underWay.heard('before');
    underWay.look();
    underWay.heard('during');
    bring('before');
    bring('during');
    await allArrive();
    expect(onMore).toHaveBeenCalledOnce();
  });

  it('is looked for when there was more of it than is brought at once', async () => {
    const { onMore, bring, allArrive } = begin();
    bring('one', true);
    await allArrive();
    expect(onMore).toHaveBeenCalledOnce();
  });
});
