import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { Decision } from '../../agencies/contract.ts';
import { DECISION_KINDS } from '../../domain/case/messages.ts';
import { PRIVATE_FILE } from '../private-files.ts';

const Base = { agency: z.string(), requestId: z.string(), at: z.iso.datetime() };

/** What the simulated agencies accepted (`received`), did (`effect`) and reported (`delivered`). */
export const Entry = z.discriminatedUnion('kind', [
  z.object({
    ...Base,
    kind: z.literal('received'),
    /**
     * Relative if it is an address of the platform, so that it still works after a restart on
     * another port.
     */
    callbackUrl: z.string(),
    stepKind: z.string(),
    decision: Decision.shape.decision,
    /** Milliseconds since 1970; absent: waits until a person answers for the agency. */
    decideAt: z.number().optional(),
    copies: z.boolean(),
    asked: z.object({ material: z.string().optional(), field: z.string().optional() }).default({}),
    gives: Decision.shape.result.unwrap().default({}),
  }),
  z.object({
    ...Base,
    kind: z.literal('effect'),
    effect: z.enum([...DECISION_KINDS.map((decision) => `decided:${decision}` as const), 'undone']),
    decision: Decision.optional(),
    /** An undo of a request that has not arrived. If it arrives later, it has no effect. */
    unseen: z.literal(true).optional(),
  }),
  z.object({ ...Base, kind: z.literal('delivered') }),
]);
export type Entry = z.infer<typeof Entry>;
export type Effect = Extract<Entry, { kind: 'effect' }>;

export interface Journal {
  /** The entries in the file when it was opened. */
  entries: Entry[];
  /** Resolves when the entry is on disk. After the first failed write, every call rejects. */
  append(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

interface WaitingLine {
  line: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * An append-only file of JSON lines. All agencies share it, so that simultaneous entries share one
 * fsync. A last line that SIGKILL left incomplete is removed; no call was answered for it.
 */
export async function openJournal(path: string): Promise<Journal> {
  const file = await open(path, 'a+', PRIVATE_FILE);
  const entries = await readWhole(file);
  let waiting: WaitingLine[] = [];
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
        // After an incomplete write the end of the file is unknown, so this process accepts nothing
        // more.
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
