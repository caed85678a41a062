import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { PLACE, type Poison } from './poisoned.ts';

/** Takes seconds, so once for all scenarios. */
let built: Promise<string> | undefined;

/** Builds the workflows so that these cases are poisoned, to a file. */
export const buildPoisoned = async (poisoned: ReadonlyMap<string, Poison>, file: string): Promise<void> => {
  built ??= build();
  await writeFile(file, (await built).replaceAll(PLACE, [...poisoned].map((one) => one.join('=')).join(',')));
};

const build = async (): Promise<string> => {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
    payloadConverterPath: fileURLToPath(new URL('converter.ts', import.meta.url)),
    logger: new DefaultLogger('WARN'),
  });
  if (!code.includes(PLACE)) throw new Error('the bundle has no place for the poisoned cases');
  return code;
};
