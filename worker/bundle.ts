import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';
import { z } from 'zod';

/**
 * The workflow code that the worker runs: a bundle that was built beforehand, or one that is built
 * now from the sources.
 */
export const workflowBundle = async (builtFile: string | undefined): Promise<WorkflowBundleOption> =>
  builtFile === undefined ? { code: await bundle() } : { codePath: builtFile };

/**
 * Bundles the workflows; fails on a Node built-in. The boundaries check and
 * test/workflows/bundle.test.ts ensure that the bundle contains only the pure core and Temporal's
 * own packages.
 */
export const bundle = async (): Promise<string> => {
  const { code } = await bundleWorkflowCode({
    workflowsPath: pathOf('index'),
    payloadConverterPath: pathOf('payload-converter'),
    // Loaded once a thread and not once a case, because no module of this program keeps state. With
    // `preload` this saves half of the thread's time (docs/performance.md).
    preloadModules: [pathOf('preload'), pathOf('index')],
    webpackConfigHook: (config) => {
      for (const rule of config.module?.rules ?? []) modernise(rule);
      return config;
    },
    // Logs only warnings and errors of webpack.
    logger: new DefaultLogger('WARN'),
  });
  return code;
};

/**
 * The SDK compiles TypeScript to ES2017, where every object spread becomes a function with a loop.
 * Node supports object spread since version 8.
 */
const modernise = (rule: unknown): void => {
  if (isCompiler(rule)) rule.use.options.jsc.target = 'es2022';
};

const isCompiler = (rule: unknown): rule is { use: { options: { jsc: { target: string } } } } =>
  Compiler.safeParse(rule).success;
const Compiler = z.object({ use: z.object({ options: z.object({ jsc: z.object({ target: z.string() }) }) }) });

/** A module of the workflows: TypeScript when run from source, JavaScript when built. */
const pathOf = (module: string): string => {
  const source = fileURLToPath(new URL(`../workflows/${module}.ts`, import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL(`../workflows/${module}.js`, import.meta.url));
};

const [, script, outFile] = process.argv;
if (script === fileURLToPath(import.meta.url) && outFile !== undefined) await writeFile(outFile, await bundle());
