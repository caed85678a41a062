-- Up Migration

-- A person has done what a message of the system that was not recorded should have done, or found
-- that it needs nothing: it is no stall any more.
alter table message_conflicts
  -- Actor (domain/case/messages.ts)
  add column dismissed_by jsonb,
  add column dismissed_at timestamptz,
  -- sealed, because the text can contain personal data
  add column reason bytea,
  add check ((dismissed_at is null) = (dismissed_by is null) and (dismissed_at is null) = (reason is null));
grant update (dismissed_by, dismissed_at, reason) on message_conflicts to one_matter_service;

-- Every second the worker looks for replies that only a replaced run got; resumptions are never deleted.
create index resumptions_done on resumptions (done_at) where outcome = 'resumed';
