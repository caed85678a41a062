import { describe, expect, it, vi } from 'vitest';
import { createInFlightCases } from '../../../worker/relay/in-flight-cases.ts';

const begin = () => {
  const onMore = vi.fn();
  const inFlight = createInFlightCases(onMore);
  const [arrived, arrive] = [new Array<Promise<void>>(), new Array<() => void>()];
  const bring = (caseId: string, more?: boolean) => {
    arrived.push(inFlight.track(caseId, new Promise<void>((resolve) => arrive.push(resolve)), more));
  };
  const allArrive = async () => {
    arrive.splice(0).forEach((resolve) => resolve());
    await Promise.all(arrived.splice(0));
  };
  return { inFlight, onMore, bring, allArrive };
};

describe('what comes for a case', () => {
  it('is looked for at once when nothing is under way there', () => {
    const { inFlight, bring } = begin();
    bring('one');
    expect(inFlight.hear('other')).toBe(false);
    expect(inFlight.cases()).toEqual(['one']);
  });

  it('is looked for when that has arrived which is under way', async () => {
    const { inFlight, onMore, bring, allArrive } = begin();
    bring('one');
    expect(inFlight.hear('one')).toBe(true);
    inFlight.look();
    expect(onMore).not.toHaveBeenCalled();
    await allArrive();
    expect(onMore).toHaveBeenCalledOnce();
    expect(inFlight.cases()).toEqual([]);
    bring('one');
    await allArrive();
    expect(onMore).toHaveBeenCalledOnce();
  });

  it('is looked for again when it was heard of during the look that brought its case under way', async () => {
    const { inFlight, onMore, bring, allArrive } = begin();
    inFlight.hear('before');
    inFlight.look();
    inFlight.hear('during');
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
