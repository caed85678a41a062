-- Up Migration

-- The figures of a day, written once when it is over (domain/reports/daily-report.ts) and never
-- changed.
create table daily_reports (
  -- in China
  day date primary key,
  -- DayFigures; counts only
  figures jsonb not null,
  made_at timestamptz not null default now()
);

-- The cases that ended, and the stalls that were cleared, in a period.
create index cases_by_end on cases (ended_at, id) where ended_at is not null;
create index stalls_by_clearing on stalls (cleared_at) where cleared_at is not null;

grant select, insert on daily_reports to one_matter_service;

-- The exports of lists: kept for good, so that a leaked file can be traced by its number.
create table exports (
  id uuid primary key,
  by jsonb not null,
  at timestamptz not null default now(),
  subject text not null check (subject in ('cases', 'stalls', 'supervision-orders', 'daily-reports')),
  format text not null check (format in ('csv', 'xlsx')),
  -- no personal data: exports are not filtered by persons
  filter jsonb not null,
  persons text not null check (persons in ('masked', 'absent')),
  -- absent: the export was not completed
  rows integer,
  finished_at timestamptz
);
create index exports_by_time on exports (at desc, id desc);

grant select, insert on exports to one_matter_service;
grant update (rows, finished_at) on exports to one_matter_service;
