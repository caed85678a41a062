import type { Actor } from '../case/messages.ts';
import type { OrderAction } from './orders.ts';

/** The acts that need two persons: the second person is not one of those who acted before. */

/** The actions that are closed to a person who gave or answered the order. */
export const BY_ANOTHER: ReadonlySet<OrderAction> = new Set(['close', 'uphold', 'lift']);

/** A second supervisor must confirm bulk acts with more items than this. */
export const TWO_PERSONS_ABOVE = 50;

export const needsTwoPersons = (items: number): boolean => items > TWO_PERSONS_ABOVE;

/** A person or a rule, by role and account: equal names in two roles are two actors. */
export const actorKey = ({ role, id }: Actor): string => `${role}:${id}`;

/** Why `by` cannot be the second person; undefined: it can. `before` are the keys of the actors. */
export const whyNotSecond = (by: Actor, before: readonly string[]): 'SECOND_PERSON_REQUIRED' | undefined =>
  before.includes(actorKey(by)) ? 'SECOND_PERSON_REQUIRED' : undefined;
