-- Up Migration

-- Which agencies answer, over all workers (matters/supervision/breaker.ts). A worker counts in memory and writes here only while calls fail.
create table breakers (
  agency text primary key references agencies,
  state text not null default 'closed' check (state in ('closed', 'open', 'recovering')),
  -- Breaker
  breaker jsonb not null default '{"state": "closed", "since": 0, "inRow": 0, "spans": []}',
  -- a call has failed: until then every worker reports what it counts
  watched_until timestamptz not null default now(),
  -- when parked steps may be released next
  release_at timestamptz not null default now()
);

-- An outage of an agency for many cases: the record, with who opened or closed it by hand and why.
create table incidents (
  id uuid primary key,
  agency text not null references agencies,
  opened_at timestamptz not null,
  why text not null check (why in ('rate', 'in-row', 'by-hand')),
  -- of the minute before it opened
  calls integer not null,
  failures integer not null,
  last_error text,
  opened_by text,
  opened_reason text,
  -- announced end of a maintenance: from then on it is probed
  until_at timestamptz,
  probes integer not null default 0,
  recovering_at timestamptz,
  reopened integer not null default 0,
  released integer not null default 0,
  closed_at timestamptz,
  closed_by text,
  closed_reason text
);
create unique index incidents_open on incidents (agency) where closed_at is null;
create index incidents_by_time on incidents (opened_at desc, id desc);

-- Since when the step waits for its agency, and which of its waits was ended last: what is parked anew is released anew.
alter table steps
  drop column parked,
  add column parked_at timestamptz,
  add column released_parked_at timestamptz;
create index steps_parked on steps (agency, coalesce(promised_at, 'infinity'), case_id, id) where parked_at is not null;

grant select, insert, update on breakers, incidents to one_matter_service;
