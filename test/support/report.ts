import { writeFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';

/** The result of one run of vitest. */
export interface Report {
  passed: number;
  /** Failed tests, errors of a file outside its tests, and errors outside any file. */
  failed: number;
  /** The time of each file from its first import to its last hook. */
  files: { file: string; ms: number }[];
}

/** Writes the report of a run into a file, for test/run.ts. */
export const reportTo = (file: string): Reporter => ({
  onTestRunEnd: (modules, unhandledErrors) => {
    const report: Report = { passed: 0, failed: unhandledErrors.length, files: [] };
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      const failed = states.filter((state) => state === 'failed').length;
      report.passed += states.filter((state) => state === 'passed').length;
      report.failed += module.ok() ? 0 : Math.max(failed, 1);
      const { collectDuration, setupDuration, duration } = module.diagnostic();
      report.files.push({ file: module.relativeModuleId, ms: collectDuration + setupDuration + duration });
    }
    writeFileSync(file, JSON.stringify(report));
  },
});
