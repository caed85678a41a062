import type { Actor } from '../case/messages.ts';
import type { OrderAction } from './orders.ts';

/** The acts that need two persons: the second person is not one of those who acted before. */

/** The actions that are closed to a person who gave or answered the order. */
export const BY_ANOTHER: ReadonlySet<OrderAction> = new Set(['close', 'uphold', 'lift']);

/** A second person must confirm bulk acts with more items than this. */
export const TWO_PERSONS_ABOVE = 50;

export const needsTwoPersons = (items: number): boolean => items > TWO_PERSONS_ABOVE;

/**
 * A person by their account alone, because one person can have several roles. Everything else that
 * acts (an agency, a rule) by role and id.
 */
export const actorKey = ({ role, id }: Actor): string => `${isPerson(role) ? 'person' : role}:${id}`;

const isPerson = (role: Actor['role']): boolean => {
  switch (role) {
    case 'clerk':
    case 'officer':
    case 'supervisor':
    case 'admin':
      return true;
    case 'agency':
    case 'applicant':
    case 'system':
      return false;
  }
};

/** Why `by` cannot be the second person; undefined: it can. `before` are the keys of the actors. */
export const whyNotSecond = (by: Actor, before: readonly string[]): 'SECOND_PERSON_REQUIRED' | undefined =>
  before.includes(actorKey(by)) ? 'SECOND_PERSON_REQUIRED' : undefined;
