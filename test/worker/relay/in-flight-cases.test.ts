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
  it('is read at once when nothing is under way for its case', () => {
    const { inFlight, bring } = begin();
    bring('one');
    expect(inFlight.hear('other')).toBe(false);
    expect(inFlight.cases()).toEqual(['one']);
  });

  it('is read when the delivery under way has arrived', async () => {
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

  it('is read again when it was announced during the read that started the delivery', async () => {
    const { inFlight, onMore, bring, allArrive } = begin();
    inFlight.hear('before');
    inFlight.look();
    inFlight.hear('during');
    bring('before');
    bring('during');
    await allArrive();
    expect(onMore).toHaveBeenCalledOnce();
  });

  it('is read again when more messages wait than one delivery takes', async () => {
    const { onMore, bring, allArrive } = begin();
    bring('one', true);
    await allArrive();
    expect(onMore).toHaveBeenCalledOnce();
  });
});
