-- Up Migration

-- Published directories of offices (domain/office/directory.ts). A published version never changes.
create table office_directories (
  version text primary key,
  -- the version as a number in the same order: 2026.1 is 2026001
  ordinal integer not null unique,
  hash text not null,
  definition jsonb not null,
  published_at timestamptz not null default now(),
  published_by text not null
);

grant select, insert on office_directories to one_matter_service;
