#!/usr/bin/env node
// Runs the sources of its checkout, never an old build of them. The image runs dist/cli/main.js.
import { register } from 'tsx/esm/api';

register();
await import('../cli/main.ts');
