-- Up Migration

-- The run of the workflow that may write entries of the case; null: no run has written any.
-- Progress of another run is refused.
alter table cases add column run_id text;
grant update (run_id) on cases to one_matter_service;

-- Facts about this installation that are recorded once: the id of its Temporal namespace.
create table installation (
  name text primary key check (name in ('temporal-namespace')),
  value text not null,
  recorded_at timestamptz not null default now()
);

-- Cases whose runs were found lost, or that a supervisor had continued in a new run. Rows stay, as
-- the record of who approved it.
create table resumptions (
  id bigint generated always as identity primary key,
  case_id uuid not null references cases,
  why text not null check (why in ('missing', 'reset', 'behind', 'asked')),
  found_at timestamptz not null default now(),
  -- Actor (domain/case/messages.ts); null: it waits for a supervisor, or for the next look of the
  -- watcher
  approved_by jsonb,
  approved_at timestamptz,
  -- sealed, because the text can contain personal data
  reason bytea,
  -- a worker claims it until then
  claimed_until timestamptz,
  attempts integer not null default 0,
  outcome text check (outcome in ('resumed', 'running', 'ended')),
  done_at timestamptz
);
create unique index resumptions_open on resumptions (case_id) where done_at is null;
create index resumptions_to_do on resumptions (approved_at) where done_at is null and approved_at is not null;

-- A loss of too many runs, or of the namespace: nothing resumes by itself until a supervisor has
-- confirmed it.
create table run_losses (
  id bigint generated always as identity primary key,
  why text not null check (why in ('many', 'namespace')),
  opened_at timestamptz not null default now(),
  confirmed_by jsonb,
  confirmed_at timestamptz,
  -- sealed
  reason bytea,
  closed_at timestamptz
);
create unique index run_losses_open on run_losses ((true)) where closed_at is null;

grant select, insert, update on installation, resumptions, run_losses to one_matter_service;
