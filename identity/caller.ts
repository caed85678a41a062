import type { Actor } from '../domain/case/messages.ts';

/**
 * A person who calls, in the role of their token. `account` is the id of the person; `token` is the
 * id of the token, and not the token. `region` is the prefix of the division in which the person
 * acts; empty: everywhere.
 */
export type PersonCaller = { account: string; token: string; region: string } & (
  { role: 'clerk' | 'supervisor' | 'admin' } | { role: 'officer'; agency: string }
);

export type Caller = { role: 'public' } | PersonCaller | { role: 'agency'; agency: string };

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
