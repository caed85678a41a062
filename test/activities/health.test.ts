import { describe, expect, it } from 'vitest';
import { createHealth } from '../../activities/health.ts';

describe('which agencies answer', () => {
  it('takes an agency for well until it has failed', () => {
    const health = createHealth(() => 0);
    health.failed('police');
    expect(health.isWell('police')).toBe(false);
    expect(health.isWell('hospital')).toBe(true);
  });

  it('takes it for well again ten seconds after it failed last', () => {
    let now = 1_000;
    const health = createHealth(() => now);
    health.failed('police');
    now += 5_000;
    health.failed('police');
    now += 9_999;
    expect(health.isWell('police')).toBe(false);
    now += 1;
    expect(health.isWell('police')).toBe(true);
  });
});
