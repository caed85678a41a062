import type { Actor } from './case/messages.ts';

/**
 * The ids that callers choose: of messages, of requests that count once, and of calls. The same
 * form everywhere.
 */
export const CALLERS_ID = /^[A-Za-z0-9._:-]{1,100}$/;

/** ID numbers have 18 places, the last one may be X; those before 1999 have 15. */
export const mayHoldIdNumber = (id: string): boolean => /\d{15}/.test(id);

/**
 * The id under which a message is stored: role and account of its sender, then the sender's own id.
 * No role and no account has a colon, so no sender can choose the stored id of another one, of a
 * part of this system, or of an update of our own (`START_UPDATE_ID`).
 */
export const storedId = ({ role, id }: Actor, own: string): string => `${role}:${id}:${own}`;
