import { inspect } from 'node:util';
import { caseWorkflowId } from '../../workflows/names.ts';
import type { Installation } from '../support/product.ts';

/** Every text and every run of bytes that Temporal keeps of a case. */
export const readHistory = async ({ temporal }: Installation, caseId: string): Promise<Buffer> => {
  const handle = temporal.workflow.getHandle(caseWorkflowId(caseId));
  const [history, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const found: Uint8Array[] = [];
  const collect = (value: unknown): void => {
    if (value instanceof Uint8Array) found.push(value);
    else if (typeof value === 'string') found.push(Buffer.from(value));
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  collect(history);
  return Buffer.concat([...found, Buffer.from(inspect(description.raw, { depth: Infinity }))]);
};
