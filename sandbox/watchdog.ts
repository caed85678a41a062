import { spawn } from 'node:child_process';

/** A process group that must end with this process, and the signal that ends it best. */
export interface ProcessGroup {
  pid: number;
  signal: NodeJS.Signals;
}

export interface Watchdog {
  /** Replaces the watched groups. */
  watch: (groups: readonly ProcessGroup[]) => void;
  /** Ends the watchdog. */
  release: () => void;
}

/**
 * Reads one line per change, `SIGTERM:123 SIGINT:456`, and sends the signals when the pipe closes.
 * The pipe also closes when this process ends by SIGKILL. A shell is on every machine and needs few
 * resources while it waits.
 */
const SCRIPT = `
  trap '' INT TERM HUP
  groups=
  while read -r line; do groups=$line; done
  [ -n "$groups" ] || exit 0
  for group in $groups; do signal=\${group%%:*}; kill -s "\${signal#SIG}" -- "-\${group##*:}" 2>/dev/null; done
  sleep 5
  for group in $groups; do kill -s KILL -- "-\${group##*:}" 2>/dev/null; done
`;

/** Ends the started process groups when this process is killed. */
export const startWatchdog = (): Watchdog => {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // The watchdog does not keep this process alive.
  shell.unref();
  // The watchdog may have been killed; this process continues.
  shell.stdin.on('error', () => undefined);
  return {
    watch: (groups) => {
      if (shell.stdin.writable) shell.stdin.write(`${groups.map(({ pid, signal }) => `${signal}:${pid}`).join(' ')}\n`);
    },
    release: () => {
      if (shell.stdin.writable) shell.stdin.end('\n');
    },
  };
};
