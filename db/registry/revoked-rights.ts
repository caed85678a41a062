/**
 * SQL over a message of the inbox: its sender acted by hand, had a token of that role, and every
 * such token is revoked, as all are when the role ends or the person is disabled. Rights are checked
 * again when a message takes effect, which may be long after it was recorded. An expired token still
 * counts, because it was valid when the message was recorded.
 */
export const RIGHTS_LOST = `exists (
  select from tokens join person_roles on person_roles.id = role_id
  where account = message #>> '{by,id}' and role = message #>> '{by,role}'
  having count(*) > 0 and count(*) filter (where revoked_at is null) = 0)`;
