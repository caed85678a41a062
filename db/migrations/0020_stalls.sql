-- Up Migration

alter table steps
  -- when the watcher looks at it next (matters/supervision/waiting.ts); null: what it waits for has a wait of its own, or it is among the stalls
  add column watch_at timestamptz,
  -- once it has ended: for how long its agency held it, in minutes and in minutes of the windows, and whether the agency asked for a supplement
  add column held_minutes real,
  add column worked_minutes real,
  add column supplemented boolean;

update steps set watch_at = now()
where status in ('ready', 'submitted', 'accepted', 'supplement', 'suspended', 'attention', 'undoing');

create index steps_to_watch on steps (watch_at) where watch_at is not null;
-- what agencies have finished, for the figures of a window of days
create index steps_finished on steps (ended_at) where status in ('done', 'refused');

-- What stands still, with its cause (matters/supervision/waiting.ts). Written by the watcher only. A row that is cleared is kept: it says who held up what.
create table stalls (
  id bigint generated always as identity primary key,
  -- none: the machinery itself, named by `subject`
  case_id uuid references cases,
  -- none: the whole case
  step_id text,
  subject text not null default '',
  -- whose step it is; whether it is to blame is in the cause
  agency text,
  matter text,
  region text collate "C",
  cause text not null check (cause in ('agency-unreachable', 'agency-rejected', 'agency-silent', 'officer-idle', 'applicant',
    'payment', 'courier', 'upstream', 'system')),
  detail text not null,
  turn text not null check (turn in ('applicant', 'agency', 'officer', 'courier', 'upstream', 'system')),
  since timestamptz not null,
  -- what happens next by itself
  next_kind text,
  next_at timestamptz,
  -- the clock of the step, or of the case, for its light
  yellow_at timestamptz,
  promised_at timestamptz,
  statutory_at timestamptz,
  paused_at timestamptz,
  opened_at timestamptz not null default now(),
  -- when it was last looked at, and as what: a change is a reason to look again
  judged_at timestamptz not null default now(),
  judged_as text not null default '',
  cleared_at timestamptz,
  check (case_id is not null or (step_id is null and subject <> '')),
  check (step_id is null or case_id is not null)
);

-- One open stall of a thing, however many watchers there are.
create unique index stalls_open on stalls (coalesce(case_id, '00000000-0000-0000-0000-000000000000'), coalesce(step_id, ''), subject)
  where cleared_at is null;
create index stalls_open_by_case on stalls (case_id) where cleared_at is null;
create index stalls_open_by_urgency on stalls (coalesce(promised_at, 'infinity'), id) where cleared_at is null;
create index stalls_open_by_age on stalls (since, id) where cleared_at is null;
create index stalls_open_to_judge on stalls (judged_at) where cleared_at is null;

-- Signs of life of the processes that nobody calls.
create table heartbeats (
  process text not null check (process in ('worker', 'watcher')),
  id uuid not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  primary key (process, id)
);

grant select, insert, update on stalls to one_matter_service;
grant select, insert, update, delete on heartbeats to one_matter_service;
