import type { Response } from 'express';
import { readTokenLife } from '../../db/registry/tokens.ts';
import type { Caller, PersonCaller } from '../../identity/caller.ts';
import { watch } from '../../runtime/notifications.ts';
import type { Deps } from '../deps.ts';
import { problem } from './problems.ts';

/** When an answer that stays open (a stream, a waiting request, a file) has to end. */
export interface OpenAnswer {
  /** The connection was closed, the process stops, or the token of the caller has ended. */
  over: AbortSignal;
  /** The token of the caller has ended, so nothing more may be sent; its reason is the refusal. */
  tokenEnded: AbortSignal;
}

/** The longest time that an answer stays open after a lost notification that its token has ended. */
const LOOK_EVERY_MS = 15_000;

export const watchOpenAnswer = (deps: Deps, caller: Caller, res: Response): OpenAnswer => {
  const gone = new AbortController();
  const tokenEnded = new AbortController();
  res.once('close', () => gone.abort());
  const over = AbortSignal.any([gone.signal, deps.stopping, tokenEnded.signal]);
  if ('token' in caller) {
    void watchToken(deps, caller, over).then((ended) => {
      if (ended) tokenEnded.abort(problem('AUTHENTICATION_REQUIRED'));
    });
  }
  return { over, tokenEnded: tokenEnded.signal };
};

/** Resolves when the token has ended: true; or when the answer is over: false. */
const watchToken = async (
  { pool, notifications }: Deps,
  { account, token }: PersonCaller,
  over: AbortSignal,
): Promise<boolean> => {
  const ended = watch(notifications, `tokens_ended:${account}`);
  try {
    while (!over.aborted) {
      // Without an answer of Postgres, the token counts as valid until the next look.
      const leftMs = await readTokenLife(pool, token).catch(() => LOOK_EVERY_MS);
      if (leftMs === undefined) return true;
      await ended.wait(Math.min(LOOK_EVERY_MS, leftMs), over);
    }
    return false;
  } finally {
    ended.stop();
  }
};
