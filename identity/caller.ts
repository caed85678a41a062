import type { Actor } from '../domain/case/messages.ts';

/**
 * The caller. `region` is the prefix of the division in which the caller acts; empty: everywhere.
 */
export type Caller =
  | { role: 'public' }
  | { role: 'clerk' | 'supervisor' | 'admin'; account: string; region: string }
  | { role: 'officer'; account: string; agency: string; region: string }
  | { role: 'agency'; agency: string };

export const ROLES = ['public', 'clerk', 'officer', 'supervisor', 'admin', 'agency'] as const;
export type Role = (typeof ROLES)[number];

/** The caller as the ledger names it. */
export const actorOf = (caller: Caller): Actor => {
  if (caller.role === 'public') throw new Error('the public acts on nothing');
  return caller.role === 'agency' ? { role: 'agency', id: caller.agency } : { role: caller.role, id: caller.account };
};

/**
 * The name under which the requests of a caller are counted and their idempotency keys are kept.
 */
export const accountOf = (caller: Caller): string => {
  const { role, id } = actorOf(caller);
  return `${role}:${id}`;
};
