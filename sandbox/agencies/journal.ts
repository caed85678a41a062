import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { Decision } from '../../agencies/contract.ts';

const Base = { agency: z.string(), requestId: z.string(), at: z.iso.datetime() };

/** What the simulated agencies promised (`received`), did (`effect`) and told (`delivered`). */
export const Entry = z.discriminatedUnion('kind', [
  z.object({
    ...Base,
    kind: z.literal('received'),
    /** Relative to the platform's address when it lies there, so that a restart on another port still reaches it. */
    callbackUrl: z.string(),
    stepKind: z.string(),
    decision: Decision.shape.decision,
    /** Milliseconds since 1970; absent: held until somebody answers for the agency. */
    decideAt: z.number().optional(),
    copies: z.boolean(),
  }),
  z.object({
    ...Base,
    kind: z.literal('effect'),
    effect: z.enum(['decided:approved', 'decided:refused', 'decided:supplement', 'undone']),
    decision: Decision.optional(),
    /** An undo of a request that never came; should it come, it has no effect. */
    unseen: z.literal(true).optional(),
  }),
  z.object({ ...Base, kind: z.literal('delivered') }),
]);
export type Entry = z.infer<typeof Entry>;
export type Effect = Extract<Entry, { kind: 'effect' }>;

export interface Journal {
  /** What was there when it was opened. */
  entries: Entry[];
  /** Resolves once the entry is on disk. Rejects for ever after the first failure to write. */
  append(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  line: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * An append-only file of JSON lines, one for all agencies so that entries written at the same time share one fsync. A last line
 * torn by SIGKILL was promised to nobody and is cut off.
 */
export async function openJournal(path: string): Promise<Journal> {
  const file = await open(path, 'a+');
  const entries = await readWhole(file);
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;

  const write = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await file.appendFile(batch.map(({ line }) => line).join(''));
        await file.datasync();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // A half-written batch makes the end of the file unknown: nothing more is promised by this process.
        for (const { reject } of [...batch, ...waiting]) reject(error);
        throw error;
      }
    }
    writing = undefined;
  };

  return {
    entries,
    append: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ line: `${JSON.stringify(entry)}\n`, resolve, reject });
        writing ??= write();
        writing.catch(reject);
      }),
    async close() {
      await writing;
      await file.close();
    },
  };
}

async function readWhole(file: FileHandle): Promise<Entry[]> {
  const text = await file.readFile('utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  await file.truncate(Buffer.byteLength(whole));
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Entry.parse(JSON.parse(line)));
}
