import { createSession, type Session } from 'better-sse';
import { z } from 'zod';
import { readLedger } from '../../../db/cases/ledger.ts';
import { findVisibleEntry } from '../../../domain/case/agency-scope.ts';
import { watch } from '../../../runtime/notifications.ts';
import { CaseId } from '../../../contract/values.ts';
import { accountOf } from '../../../identity/caller.ts';
import type { Deps } from '../../deps.ts';
import { watchOpenAnswer } from '../../http/open-answer.ts';
import { route, type Route } from '../../http/route.ts';
import { iso } from '../../views/instants.ts';
import { readableCase, type ReadableCase } from '../../commands/case-scope.ts';

/**
 * How often the stream sends a comment that keeps proxies from closing it. Also the longest delay
 * of an event after a lost notification.
 */
const LOOK_EVERY_MS = 15_000;
/**
 * The longest life of a stream. The client then reconnects with its last id, and its right to see
 * the case is checked again.
 */
const LONGEST_STREAM_MS = 15 * 60_000;
const PAGE = 200;

/** The ledger of a case as a live stream. */
export const caseEventRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/api/v1/cases/{caseId}/events',
    summary: 'Stream the ledger of a case as server-sent events, from the beginning or from Last-Event-ID',
    tag: 'window',
    policy: { action: 'case.read', find: readableCase(deps) },
    input: z.strictObject({
      params: z.strictObject({ caseId: CaseId }),
      headers: z.object({
        'last-event-id': z
          .string()
          .regex(/^\d{1,9}$/)
          .optional(),
      }),
    }),
    answers: {
      200: {
        description:
          'Ledger entries; the id of an event is its number in the ledger. The stream ends with the case, and with the token',
        types: ['text/event-stream'],
      },
    },
    handler: async ({ caller, found, input: { headers }, req, res }) => {
      deps.limits.open.hold(accountOf(caller), res);
      const answer = watchOpenAnswer(deps, caller, res);
      const session = await createSession(req, res, {
        keepAlive: LOOK_EVERY_MS,
        headers: { 'Cache-Control': 'no-store' },
      });
      const over = AbortSignal.any([answer.over, AbortSignal.timeout(LONGEST_STREAM_MS)]);
      await stream(deps, found, Number(headers['last-event-id'] ?? 0), session, over);
      res.end();
      return undefined;
    },
  }),
];

/** Pushes the visible entries after `seq` until the case ends or `over`. */
const stream = async (
  deps: Deps,
  { found: { caseId }, scope }: ReadableCase,
  seq: number,
  session: Session,
  over: AbortSignal,
): Promise<void> => {
  const changed = watch(deps.notifications, `case_changed:${caseId}`);
  try {
    for (let last = seq; !over.aborted;) {
      const rows = await readLedger(deps.pool, caseId, last, PAGE);
      for (const row of rows) {
        if (!session.isConnected) return;
        const entry = scope ? findVisibleEntry(row.entry, scope) : row.entry;
        if (entry) session.push({ seq: row.seq, ...entry, at: iso(row.at) }, entry.kind, String(row.seq));
        if (row.entry.kind === 'case-ended') return;
        last = row.seq;
      }
      if (rows.length < PAGE) await changed.wait(LOOK_EVERY_MS, over);
    }
  } finally {
    changed.stop();
  }
};
