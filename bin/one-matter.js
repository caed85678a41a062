#!/usr/bin/env node
// Runs the sources in a checkout, else what `npm run build` made: a build that is older than the sources is never run unseen.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const hasTsx = () => {
  try {
    createRequire(import.meta.url).resolve('tsx/esm/api');
    return true;
  } catch {
    return false;
  }
};

if (existsSync(new URL('../cli/main.ts', import.meta.url)) && hasTsx()) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('../cli/main.ts');
} else {
  await import('../dist/cli/main.js');
}
