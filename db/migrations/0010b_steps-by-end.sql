-- Up Migration

-- Reports read the steps that ended in a stretch of time.
create index steps_by_end on steps (ended_at, case_id, id) where clock is not null and ended_at is not null;
