-- Up Migration

-- What a day was, written once when it is over (matters/supervision/daily-report.ts) and never changed.
create table daily_reports (
  -- in China
  day date primary key,
  -- DayFigures; counts only
  figures jsonb not null,
  made_at timestamptz not null default now()
);

-- What ended, and what was cleared, in a stretch of time.
create index cases_by_end on cases (ended_at, id) where ended_at is not null;
create index stalls_by_clearing on stalls (cleared_at) where cleared_at is not null;

grant select, insert on daily_reports to one_matter_service;
