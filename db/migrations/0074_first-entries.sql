-- Up Migration

-- A case's first entries are fetched from it by the relay that starts it. Until they are written the request is open, though the case
-- has started: another relay comes for them.
alter table start_requests add column recorded_at timestamptz;
-- those of before wrote them themselves
update start_requests set recorded_at = started_at;
drop index start_requests_open;
create index start_requests_open on start_requests (created_at) where recorded_at is null;
