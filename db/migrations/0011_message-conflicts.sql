-- Up Migration

-- Messages of the system that were not recorded, because a different message had their id: faults of
-- ours. The watcher reports each as a stall until the case ends.
create table message_conflicts (
  case_id uuid not null references cases,
  message_id text not null,
  found_at timestamptz not null default now(),
  primary key (case_id, message_id)
);
grant select, insert on message_conflicts to one_matter_service;

-- The watcher looks for instants whose message has had no effect.
create index dues_sent on dues (sent_at) where sent_at is not null;
