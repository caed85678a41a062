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

/**
 * The user for Postgres, which refuses to run as root: `postgres`, else `nobody`. Undefined: the
 * current user.
 */
export const unprivilegedUser = (): User | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user)
    throw new Error(
      'Postgres does not run as root, and this machine has no user postgres or nobody. Run this program as another user',
    );
  return { uid: Number(user[2]), gid: Number(user[3]) };
};

interface PostgresPaths {
  dataDir: string;
  postgres: string;
  initdb: string;
}

/**
 * The data folder and the programs, where that user can read them. Other users cannot read a
 * checkout under /root: the data is then in /var/tmp behind a link, with a copy of the programs
 * beside it.
 */
export const placeWithinReach = (
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
  const copyOf = (path: string) => join(native, 'bin', basename(path));
  return { dataDir: real, postgres: copyOf(programs.postgres), initdb: copyOf(programs.initdb) };
};

const canEnter = (user: User, folder: string): boolean => spawnSync('test', ['-x', folder], user).status === 0;
