-- Up Migration

-- Who took which list out of the house: kept for good, so that a file that turns up can be traced by its number.
create table exports (
  id uuid primary key,
  by jsonb not null,
  at timestamptz not null default now(),
  subject text not null check (subject in ('cases', 'stalls', 'supervision-orders', 'daily-reports')),
  format text not null check (format in ('csv', 'xlsx')),
  -- no personal data: exports are not filtered by persons
  filter jsonb not null,
  persons text not null check (persons in ('masked', 'absent')),
  -- absent: it broke off
  rows integer,
  finished_at timestamptz
);
create index exports_by_time on exports (at desc, id desc);

grant select, insert on exports to one_matter_service;
grant update (rows, finished_at) on exports to one_matter_service;
