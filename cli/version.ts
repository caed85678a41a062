import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Package = z.object({ version: z.string() });

/** The version in package.json, which is beside the sources or above the built code. */
export const versionOfProduct = (): string => {
  const file = new URL(import.meta.url.endsWith('.js') ? '../../package.json' : '../package.json', import.meta.url);
  return Package.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
};
