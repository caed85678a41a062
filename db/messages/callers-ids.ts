import type { Actor } from '../../domain/case/messages.ts';
import { mayHoldIdNumber, storedId } from '../../domain/message-ids.ts';
import type { Sealer } from '../sql/sealing.ts';

/** 132 bits. */
const HASH_LENGTH = 22;

/**
 * The form in which an id of a caller is stored: a keyed hash if it may hold an ID number. Equal ids
 * have equal forms within one `context`, so repetitions are recognised. Callers cannot use `~`
 * (`CALLERS_ID`), so no id looks like a hash.
 */
export const storedForm = (cipher: Sealer, context: string, id: string): string =>
  mayHoldIdNumber(id)
    ? `~${cipher.hash('callers-id', `${context} ${id}`).toString('base64url').slice(0, HASH_LENGTH)}`
    : id;

/**
 * The id under which a message to a case or an order is stored, from the id that its sender gave it.
 */
export const storedMessageId = (cipher: Sealer, about: string, by: Actor, own: string): string =>
  storedId(by, storedForm(cipher, about, own));
