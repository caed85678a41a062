import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';

/** What a client of the system under test meant to do and what it was told, by its own account. */
const Line = z.discriminatedUnion('kind', [
  /**
   * One person's wish for one case; every try of it, under whatever key, is a line. `person`: the
   * ID number that only this case has.
   */
  z.object({ kind: z.literal('submit'), intent: z.string(), person: z.string(), key: z.string() }),
  /** No `status`: the connection broke, nobody knows. */
  z.object({
    kind: z.literal('submitted'),
    intent: z.string(),
    status: z.int().optional(),
    caseId: z.string().optional(),
  }),
  /** `messageId`: as the inbox keeps it. */
  z.object({ kind: z.literal('decide'), requestId: z.string(), messageId: z.string() }),
  /** `first`: whom the loser was told to have been first. */
  z.object({
    kind: z.literal('decided'),
    messageId: z.string(),
    status: z.int().optional(),
    first: z.object({ by: z.string(), at: z.iso.datetime() }).optional(),
  }),
]);
export type Line = z.infer<typeof Line>;

export interface ClientLedger {
  /**
   * On disk when it returns: what was acknowledged is judged by this file, not by the system's own
   * memory.
   */
  write: (line: Line) => void;
  read: () => Line[];
  close: () => void;
}

/** Opens a new ledger of JSON lines. */
export const openClientLedger = (path: string): ClientLedger => {
  const file = openSync(path, 'wx', 0o600);
  return {
    write(line) {
      writeSync(file, `${JSON.stringify(line)}\n`);
      fsyncSync(file);
    },
    read: () =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => Line.parse(JSON.parse(line))),
    close: () => closeSync(file),
  };
};
