import { fileURLToPath } from 'node:url';
import type { Command } from './process.ts';

/**
 * The programs as sources, which tsx compiles at every start, or as `npm run build` writes them to
 * dist/.
 */
export type Programs = 'sources' | 'built';

/** How this process itself runs. */
export const OWN_PROGRAMS: Programs = import.meta.url.endsWith('.ts') ? 'sources' : 'built';

const CHECKOUT = new URL(OWN_PROGRAMS === 'sources' ? '../' : '../../', import.meta.url);

/**
 * The Node command for a program. `script`: its path in the checkout without the extension, such as
 * `api/main`.
 */
export const nodeCommand = (
  programs: Programs,
  script: string,
  env: Record<string, string | undefined> = {},
  args: readonly string[] = [],
): Command => {
  const isBuilt = programs === 'built';
  const file = new URL(isBuilt ? `dist/${script}.js` : `${script}.ts`, CHECKOUT);
  const loader = isBuilt ? [] : ['--import', import.meta.resolve('tsx')];
  return {
    file: process.execPath,
    args: [...loader, '--enable-source-maps', fileURLToPath(file), ...args],
    env,
  };
};
