-- Up Migration

-- The breaker of each agency, shared by all workers (domain/agency/breaker.ts). A worker counts in
-- memory and writes here only while calls fail.
create table breakers (
  agency text primary key references agencies,
  state text not null default 'closed' check (state in ('closed', 'open', 'recovering')),
  -- Breaker
  breaker jsonb not null default '{"state": "closed", "since": 0, "inRow": 0, "spans": []}',
  -- a call has failed: until then every worker reports its counts
  watched_until timestamptz not null default now(),
  -- when parked steps may be released next
  release_at timestamptz not null default now()
);

-- An outage of an agency for many cases: the record, with the account that opened or closed it by
-- hand and the reason.
create table incidents (
  id uuid primary key,
  agency text not null references agencies,
  opened_at timestamptz not null,
  why text not null check (why in ('rate', 'in-row', 'by-hand')),
  -- in the minute before it opened
  calls integer not null,
  failures integer not null,
  last_error text,
  opened_by text,
  -- the announced end of a maintenance: from then on the agency is probed
  until_at timestamptz,
  probes integer not null default 0,
  recovering_at timestamptz,
  reopened integer not null default 0,
  released integer not null default 0,
  closed_at timestamptz,
  closed_by text,
  -- sealed, because the text can contain personal data
  opened_reason bytea,
  closed_reason bytea
);
create unique index incidents_open on incidents (agency) where closed_at is null;
create index incidents_by_time on incidents (opened_at desc, id desc);

-- The notes of an officer before the decision. They stay with the task if another officer takes it.
create table drafts (
  case_id uuid not null,
  step_id text not null,
  round integer not null,
  -- sealed
  body bytea not null,
  account text not null,
  written_at timestamptz not null default now(),
  primary key (case_id, step_id),
  foreign key (case_id, step_id) references steps
);

-- Officers of an agency who stand in for each other.
create table group_members (
  agency text not null references agencies,
  group_id text not null,
  account text not null,
  primary key (agency, group_id, account)
);

-- While an officer is absent, the other members of the group, or the named one, may take the
-- officer's tasks.
create table absences (
  id uuid primary key default gen_random_uuid(),
  agency text not null references agencies,
  account text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  group_id text not null,
  cover text,
  entered_by_role text not null,
  entered_by text not null,
  entered_at timestamptz not null default now(),
  check (starts_at <= ends_at),
  check (cover is distinct from account)
);
create index absences_by_agency on absences (agency, ends_at);

grant select, insert, update on breakers, incidents, absences to one_matter_service;
grant select, insert, update, delete on drafts to one_matter_service;
grant select, insert, delete on group_members to one_matter_service;
