import type { Request } from 'express';
import { isCallIdOf, isOurCallId } from '../agencies/call-id.ts';
import { rememberCall } from '../db/agencies/signed-calls.ts';
import type { Caller } from '../identity/caller.ts';
import type { Deps } from './deps.ts';
import { problem } from './http/problems.ts';
import type { Route } from './http/route.ts';

/**
 * Whether a signature was made for this call. Standard Webhooks signs an id, a time and the body;
 * the id and the body say the rest (docs/decisions/0031-what-a-signature-is-for.md).
 */

/** Refuses a call that its id or body assigns to another task, method, address or direction. */
export const refuseForOtherCall = (caller: Caller, req: Request, body: unknown): void => {
  const { requestId: asked } = req.params;
  const requestId = textOf(body, 'requestId');
  if (caller.role === 'agency') {
    const id = req.get('webhook-id') ?? '';
    if (isOurCallId(id)) throw problem('SIGNATURE_NOT_FOR_CALL');
    if (body === undefined) {
      if (!isCallIdOf(id, req.method, req.originalUrl)) throw problem('SIGNATURE_NOT_FOR_CALL');
      return;
    }
    if (textOf(body, 'messageId') !== id) throw problem('MESSAGE_ID_MISMATCH');
    if (requestId !== asked) throw problem('REQUEST_ID_MISMATCH');
  }
  if (asked !== undefined && requestId !== undefined && requestId !== asked) throw problem('REQUEST_ID_MISMATCH');
};

/**
 * Remembers a signed call while its signature is good, and refuses its id for another call. An id of
 * a call without a body names its call itself; if it changes something, it counts once: a recorded
 * `claim` would take the task again that its officer gave back.
 */
export const rememberSignedCall = async (
  { pool, cipher }: Deps,
  route: Route,
  caller: Caller,
  req: Request,
  body: unknown,
): Promise<void> => {
  if (caller.role !== 'agency' || (body === undefined && route.method === 'get')) return;
  const { requestId = '' } = req.params;
  const seen = await rememberCall(pool, cipher, {
    agency: caller.agency,
    // An agency may number the messages of each task from 1; the body already names the task.
    id: `${String(requestId)} ${req.get('webhook-id') ?? ''}`,
    target: `${req.method} ${req.originalUrl}`,
    body,
  });
  if (seen === 'new' || (seen === 'repeated' && body !== undefined)) return;
  // The inbox keeps a message with other content for the review queue, and answers 409.
  if (seen === 'other-content' && route.keepsMessages === true) return;
  throw problem('WEBHOOK_ID_REUSED');
};

const textOf = (body: unknown, name: 'messageId' | 'requestId'): string | undefined => {
  if (typeof body !== 'object' || body === null) return undefined;
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' ? value : undefined;
};
