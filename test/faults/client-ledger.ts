import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';

/** The client's own record of its intents and of the answers that it received. */
const Line = z.discriminatedUnion('kind', [
  /**
   * An attempt to submit the case of one person, under any key. `person`: the ID number that only
   * this case has.
   */
  z.object({ kind: z.literal('submit'), intent: z.string(), person: z.string(), key: z.string() }),
  /** No `status`: the connection broke, and the outcome is unknown. */
  z.object({
    kind: z.literal('submitted'),
    intent: z.string(),
    status: z.int().optional(),
    caseId: z.string().optional(),
  }),
  /** `messageId`: the id in the inbox. */
  z.object({ kind: z.literal('decide'), requestId: z.string(), messageId: z.string() }),
  /** `first`: the first decision in the answer to the loser. */
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
   * Writes to disk before it returns, because the checker trusts this file and not the memory of
   * the system under test.
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
