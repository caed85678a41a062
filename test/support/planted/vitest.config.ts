import { defineConfig } from 'vitest/config';

/** Test files that leave something open, for the test of the guard (leaks.test.ts). */
export default defineConfig({
  test: { root: import.meta.dirname, include: ['*.planted.ts'], setupFiles: ['../leaks.ts'] },
});
