import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

/** The workflow code that the worker runs: a bundle built beforehand, or one made now from the sources. */
export const workflowBundle = async (builtFile: string | undefined): Promise<WorkflowBundleOption> =>
  builtFile === undefined ? { code: await bundle() } : { codePath: builtFile };

/** Bundles the workflows; fails when anything but the pure core and Temporal's own packages is in it. */
export const bundle = async (): Promise<string> => {
  const { code } = await bundleWorkflowCode({ workflowsPath: workflowsPath() });
  return code;
};

/** TypeScript when run from source, JavaScript when built. */
const workflowsPath = (): string => {
  const source = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL('../workflows/index.js', import.meta.url));
};

const [, script, outFile] = process.argv;
if (script === fileURLToPath(import.meta.url) && outFile !== undefined) await writeFile(outFile, await bundle());
