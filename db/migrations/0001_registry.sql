-- Up Migration

-- The service connects as a member of this role; the owner migrates. Roles belong to the cluster,
-- so it may exist already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'one_matter_service') then
    create role one_matter_service nologin;
  end if;
exception
  -- another database of this cluster is being migrated at the same time
  when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to one_matter_service;

-- How each agency is reached. The only source of addresses and secrets.
create table agencies (
  id text primary key,
  name jsonb not null,
  connection text not null check (connection in ('push', 'worklist', 'rules')),
  base_url text,
  -- encrypted JSON: the active webhook secrets, newest first
  secrets bytea,
  timeout_ms integer not null default 10000 check (timeout_ms between 100 and 10000),
  allow_private boolean not null default false,
  max_per_second real check (max_per_second > 0),
  -- how long an accepted step may be silent before the agency is asked
  enquire_after_s integer not null default 900 check (enquire_after_s > 0),
  updated_at timestamptz not null default now(),
  -- since when nothing is sent to the agency: an operator has disabled it
  disabled_at timestamptz,
  check ((connection = 'push') = (base_url is not null and secrets is not null))
);

-- Published matters never change; a correction is a new version.
create table matters (
  code text not null,
  version integer not null check (version > 0),
  hash text not null,
  definition jsonb not null,
  published_at timestamptz not null default now(),
  published_by text not null,
  primary key (code, version)
);

create table tokens (
  -- keyed hash of the bearer token; the token itself is shown once
  hash bytea primary key,
  role text not null check (role in ('clerk', 'officer', 'supervisor', 'admin')),
  account text not null,
  agency text references agencies,
  -- division prefix in which the holder acts; empty: everywhere
  region text not null default '' check (region ~ '^[0-9]{0,6}$'),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  check ((role = 'officer') = (agency is not null))
);
-- For every delivered message the service checks whether its sender still has the right.
create index tokens_by_account on tokens (account, role);

-- Published working calendars (domain/calendar/calendar-schema.ts). A published version never
-- changes.
create table calendars (
  version text primary key,
  -- the version as a number in the same order: 2026.1 is 2026001
  ordinal integer not null unique,
  hash text not null,
  definition jsonb not null,
  published_at timestamptz not null default now(),
  published_by text not null
);

grant select, insert, update on agencies, tokens to one_matter_service;
grant select, insert on matters, calendars to one_matter_service;
-- So that any process can tell whether the schema is that of its version.
grant select on migrations to one_matter_service;
