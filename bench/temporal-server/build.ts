import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The tag that go.mod pins; also the name of the folder in the cache. */
const VERSION = '1.29.1';
const PACKAGES = ['go.temporal.io/server/cmd/server', 'go.temporal.io/server/cmd/tools/sql'];
const MODULE_FILES = ['go.mod', 'go.sum'];

export interface ServerPrograms {
  server: string;
  /** Creates and updates the tables; contains the module's `schema/postgresql/v12`. */
  sqlTool: string;
}

/**
 * Temporal's server and its SQL tool, from the cache or built once with Go (4 to 10 minutes).
 * Throws with the last output of Go.
 */
export const buildTemporalServer = async (report: (line: string) => void): Promise<ServerPrograms> => {
  const folder = join(cacheFolder(), `temporal-server-${VERSION}`);
  if (!existsSync(folder)) {
    report(`Building Temporal server ${VERSION} from the Go module proxy (once, some minutes) …`);
    mkdirSync(cacheFolder(), { recursive: true });
    const making = mkdtempSync(join(cacheFolder(), 'making-'));
    try {
      await build(making);
      renameSync(making, folder);
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }
  return { server: join(folder, 'server'), sqlTool: join(folder, 'sql') };
};

/** The same cache folder as for the development server of the sandbox. */
const cacheFolder = (): string => process.env['ONE_MATTER_CACHE'] ?? join(homedir(), '.cache', 'one-matter');

const build = async (into: string): Promise<void> => {
  // Built in a copy, so that the checkout does not change.
  for (const file of MODULE_FILES) cpSync(fileURLToPath(new URL(file, import.meta.url)), join(into, file));
  const go = spawn('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', `${into}/`, ...PACKAGES], {
    cwd: into,
    env: { ...process.env, GOFLAGS: '-mod=readonly' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let last = '';
  go.stderr.setEncoding('utf8').on('data', (text: string) => (last = text.trim().split('\n').at(-1) ?? last));
  const code = await new Promise<number | null>((resolve, reject) => go.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`the Temporal server could not be built: ${last}`);
};
