import type { z } from 'zod';
import { validationMessage } from '../domain/words/validation.ts';
import { failure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/**
 * Checks an input against a schema. Fails with every mistake and its place, in the language of the
 * terminal.
 */
export const parseInput = <T>({ t, language }: Terminal, schema: z.ZodType<T>, value: unknown, what: string): T => {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => {
    const message = validationMessage(issue)[language];
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => (path.length === 0 ? `  ${message}` : `  ${path.join('.')}: ${message}`));
  });
  throw failure([t('checked.wrong', { what }), ...faults].join('\n'));
};
