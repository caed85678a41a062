import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/**
 * The second half of `npm run build`, after tsc: copies files other than TypeScript (migrations,
 * catalog, pages) to dist/, and removes files from dist/ that no longer have a source. Unchanged
 * files are not written.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
/** The incremental state of tsc. */
const BUILD_INFO = '.tsbuildinfo';

const { include } = z
  .object({ include: z.array(z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'tsconfig.build.json'), 'utf8')));

/** The files below a folder, as paths from `base`. */
const filesIn = (folder: string, base: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(base, join(entry.parentPath, entry.name)));

const isEqual = (from: string, to: string): boolean => existsSync(to) && readFileSync(from).equals(readFileSync(to));

for (const path of filesIn(DIST, DIST)) {
  const hasSource = [path, path.replace(/\.js(\.map)?$/, '.ts')].some((source) => existsSync(join(ROOT, source)));
  if (!hasSource && path !== BUILD_INFO) rmSync(join(DIST, path));
}
for (const folder of include) {
  for (const path of filesIn(join(ROOT, folder), ROOT).filter((one) => !one.endsWith('.ts'))) {
    const [from, to] = [join(ROOT, path), join(DIST, path)];
    if (isEqual(from, to)) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}
