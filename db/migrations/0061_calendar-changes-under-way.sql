-- Up Migration

-- Open cases that are being told of a newer calendar: few at a time, looked for among all that is open.
create index inbox_calendar_changes on inbox (case_id) where settled_at is null and message ->> 'kind' = 'calendar-change';
