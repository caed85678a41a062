-- Up Migration

-- Temporal knows for a minute and a half that somebody polled a queue; the workers themselves say which ones they serve.
alter table heartbeats add column queues text[] default '{}' not null;
