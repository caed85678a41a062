import type { Service } from '../../sandbox/process.ts';

/** A service that does nothing until a signal stops it. Its output goes to its log. */
export const sleeper = (name: string, script = ''): Service => ({
  name,
  command: () => ({
    file: process.execPath,
    args: [
      '-e',
      `process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 60_000); console.log('up'); ${script}`,
    ],
  }),
  ready: () => Promise.resolve(true),
  stopSignal: 'SIGTERM',
});
