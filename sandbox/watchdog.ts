import { spawn } from 'node:child_process';

/** A process group that must not outlive us, and the signal that ends it best. */
export interface Watched {
  pid: number;
  signal: NodeJS.Signals;
}

export interface Watchdog {
  /** These groups and no others, from now on. */
  watch: (groups: readonly Watched[]) => void;
  /** Nothing is watched any more, and the watchdog goes. */
  release: () => void;
}

/**
 * Reads one line a change, `SIGTERM:123 SIGINT:456`, and acts when the pipe closes: that happens however we end, SIGKILL
 * included. A shell, since it is on every machine and costs nothing while it waits.
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

/** Ends what we started when we are ended without a chance to do it ourselves. */
export const startWatchdog = (): Watchdog => {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // It watches over us, it does not keep us.
  shell.unref();
  // Somebody may have ended it; that is no reason to end ourselves.
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
