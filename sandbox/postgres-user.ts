import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface User {
  uid: number;
  gid: number;
}

/** Postgres refuses to run as root: then it runs as the user `postgres`, or as `nobody`. Undefined: as ourselves. */
export const unprivilegedUser = (): User | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user)
    throw new Error(
      'Postgres does not run as root, and this machine has no user postgres or nobody; run as another user',
    );
  return { uid: Number(user[2]), gid: Number(user[3]) };
};

interface PostgresPaths {
  dataDir: string;
  postgres: string;
  initdb: string;
}

/**
 * The data folder and the programs where that user can reach them. A checkout under /root is closed to everybody else: the
 * data then lives in /var/tmp behind a link, and the programs are copied beside it.
 */
export const withinReach = (
  user: User | undefined,
  dataDir: string,
  programs: { postgres: string; initdb: string },
): PostgresPaths => {
  const parent = dirname(dataDir);
  mkdirSync(parent, { recursive: true });
  if (user === undefined || (canEnter(user, parent) && canEnter(user, dirname(programs.postgres))))
    return { dataDir, ...programs };

  if (!existsSync(dataDir)) {
    rmSync(dataDir, { force: true });
    const outside = mkdtempSync('/var/tmp/one-matter-postgres-');
    chmodSync(outside, 0o711);
    symlinkSync(join(outside, 'data'), dataDir);
  }
  const real = lstatSync(dataDir).isSymbolicLink() ? readlinkSync(dataDir) : dataDir;
  const native = join(dirname(real), 'native');
  if (!existsSync(native))
    cpSync(dirname(dirname(programs.postgres)), native, { recursive: true, verbatimSymlinks: true });
  const program = (path: string) => join(native, 'bin', basename(path));
  return { dataDir: real, postgres: program(programs.postgres), initdb: program(programs.initdb) };
};

const canEnter = (user: User, folder: string): boolean => spawnSync('test', ['-x', folder], user).status === 0;
