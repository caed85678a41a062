import { setTimeout as delay } from 'node:timers/promises';
import { reach } from './client.ts';
import type { Connection } from './connection.ts';

/** The pause between two attempts to reconnect. A restart of the API takes a few of them. */
const RETRY_MS = 1_000;
const TRIES = 30;

/**
 * Calls `look` now and after every event of a case until it returns that the case has ended. After
 * a broken connection the stream continues from its last event. Throws if the first look fails or
 * the API stays unreachable.
 */
export const followCase = async (
  connection: Connection,
  caseId: string,
  look: () => Promise<boolean>,
): Promise<void> => {
  let lastEventId: string | undefined;
  let failures = 0;
  if (await look()) return;
  for (;;) {
    try {
      const response = await reach(connection, `/api/v1/cases/${caseId}/events`, {
        headers: {
          authorization: `Bearer ${connection.token}`,
          accept: 'text/event-stream',
          ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
        },
      });
      // The stream does not contain events from before it was opened.
      if (await look()) return;
      failures = 0;
      for await (const ids of eventIds(response)) {
        lastEventId = ids.at(-1);
        if (await look()) return;
      }
    } catch (error) {
      failures += 1;
      if (failures > TRIES) throw error;
    }
    await delay(RETRY_MS);
  }
};

/**
 * The event ids in each chunk of the stream; several events in one chunk need one look. Ends when
 * the connection breaks.
 */
async function* eventIds(response: Response): AsyncGenerator<string[]> {
  if (!response.ok || !response.body) return;
  let rest = '';
  const decoder = new TextDecoder();
  try {
    const body: AsyncIterable<Uint8Array> = response.body;
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      const ids = lines.flatMap((line) => /^id: ?(.+)$/.exec(line)?.[1] ?? []);
      if (ids.length > 0) yield ids;
    }
  } catch {
    // A broken connection ends the stream like a closed one, and the caller reconnects.
  }
}
