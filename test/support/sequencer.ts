import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, because they start whole installations or wait for lost connections.
 * On a clean clone vitest knows no durations and would begin one of these last, with the other
 * workers idle.
 */
const LONGEST = [
  'test/sandbox/up.test.ts',
  'test/stories/stories.test.ts',
  'test/watcher/watcher.test.ts',
  'test/worker/relay/dispatch-messages.test.ts',
  'test/worker/loops/outages.test.ts',
  'test/workflows/personal-data.test.ts',
  'test/support/leaks.test.ts',
  'test/worker/relay/relay.test.ts',
  'test/worker/loops/status-polling.test.ts',
  'test/worker/run.test.ts',
];

/** Starts the longest files first, then the rest in the order of vitest. */
export class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const gone = LONGEST.filter((file) => !existsSync(join(root, file)));
    if (gone.length > 0) throw new Error(`test/support/sequencer.ts names files that do not exist: ${gone.join(', ')}`);
    const rest = await super.sort(specifications);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.indexOf(relative(root, moduleId));
      return at === -1 ? LONGEST.length : at;
    };
    return rest.sort((a, b) => rank(a) - rank(b));
  }
}
