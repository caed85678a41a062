-- Up Migration

-- Published working calendars (matters/calendar/calendar-schema.ts). A version that is published never changes.
create table calendars (
  version text primary key,
  -- the version as a number, so that the newest is the highest: 2026.1 is 2026001
  ordinal integer not null unique,
  hash text not null,
  definition jsonb not null,
  published_at timestamptz not null default now(),
  published_by text not null
);
grant select, insert on calendars to one_matter_service;

-- The calendar that a case's deadlines are known to agree with, as its ordinal; null: it has none yet.
alter table cases add column calendar integer;
create index cases_by_calendar on cases (calendar) where ended_at is null;
grant update (calendar) on cases to one_matter_service;
