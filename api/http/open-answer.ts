import type { Response } from 'express';
import { readTokenLife } from '../../db/registry/tokens.ts';
import { checkSignature } from '../../identity/agency-signature.ts';
import type { Caller, PersonCaller } from '../../identity/caller.ts';
import { watch } from '../../runtime/notifications.ts';
import type { Deps } from '../deps.ts';
import { problem } from './problems.ts';

/** When an answer that stays open (a stream, a waiting request, a file) has to end. */
export interface OpenAnswer {
  /** The connection was closed, the process stops, or the credential of the caller has ended. */
  over: AbortSignal;
  /**
   * The token of the caller has ended, or the secret that signed the call was replaced. Nothing more
   * may be sent; its reason is the refusal.
   */
  ended: AbortSignal;
}

/** The longest time that an answer stays open if the notification of its end is lost. */
const LOOK_EVERY_MS = 15_000;

export const watchOpenAnswer = (deps: Deps, caller: Caller, res: Response): OpenAnswer => {
  const gone = new AbortController();
  const ended = new AbortController();
  res.once('close', () => gone.abort());
  const over = AbortSignal.any([gone.signal, deps.stopping, ended.signal]);
  const endWith = (code: 'AUTHENTICATION_REQUIRED' | 'SIGNATURE_INVALID') => (hasEnded: boolean) => {
    if (hasEnded) ended.abort(problem(code));
  };
  if ('token' in caller) void watchToken(deps, caller, over).then(endWith('AUTHENTICATION_REQUIRED'));
  if (caller.role === 'agency') void watchSecret(deps, caller.agency, res, over).then(endWith('SIGNATURE_INVALID'));
  return { over, ended: ended.signal };
};

const NO_BODY = Buffer.alloc(0);

/**
 * Resolves when no secret of the agency has signed the call any more: true; or when the answer is
 * over: false. The time of the signature was checked when the call came.
 */
const watchSecret = async (
  { registry, notifications, now }: Deps,
  agency: string,
  { req }: Response,
  over: AbortSignal,
): Promise<boolean> => {
  const cameAt = now();
  const changed = watch(notifications, 'agency_changed');
  try {
    while (!over.aborted) {
      const agencies = await registry.agencies().catch(() => undefined);
      // Without an answer of Postgres, the secret counts as valid until the next look.
      if (agencies && checkSignature(agencies.get(agency), req.headers, NO_BODY, cameAt) !== 'ok') return true;
      await changed.wait(LOOK_EVERY_MS, over);
    }
    return false;
  } finally {
    changed.stop();
  }
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
