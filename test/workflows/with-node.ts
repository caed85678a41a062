// A workflow as it must not be, for bundle.test.ts: it takes a built-in of Node along.
import { readFileSync } from 'node:fs';

export const strange = async (path: string): Promise<string> => readFileSync(path, 'utf8');
