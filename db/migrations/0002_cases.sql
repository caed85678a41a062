-- Up Migration

-- domain/deadlines/light.ts in SQL: the place in LIGHTS (1 deep-red, 2 red, 3 yellow, 4 green, 5
-- grey) of one clock. A case keeps its promise when the last step inside the promise ends, however
-- long certificates and posting take after that. From then on the clock of the case is paused
-- (paused_at); a clock that ends after a pause is judged at the start of the pause.
create function light_rank(
  now timestamptz, yellow_at timestamptz, promised_at timestamptz, statutory_at timestamptz, ended_at timestamptz, paused_at timestamptz
) returns integer
language sql immutable parallel safe as $$
  select case
    when promised_at is null then 5
    when coalesce(least(ended_at, paused_at), now) > statutory_at then 1
    when coalesce(least(ended_at, paused_at), now) > promised_at then 2
    when ended_at is not null then 4
    when paused_at is not null then 5
    when now >= yellow_at then 3
    else 4
  end
$$;

create table cases (
  id uuid primary key,
  case_no text not null unique check (case_no ~ '^[0-9]{20}$'),
  matter text not null,
  version integer not null,
  -- "C": a prefix is a range of an ordinary index
  region text collate "C" not null check (region ~ '^[0-9]{6}$'),
  channel text not null check (channel in ('window', 'online', 'kiosk')),
  -- keyed hash of the six digits that open the public page
  query_code_hash bytea not null,
  -- Plan (domain/case/plan.ts): the workflow was started with it
  plan jsonb not null,
  status text not null default 'submitted' check (status in
    ('submitted', 'accepted', 'completed', 'partially-completed', 'refused', 'not-accepted', 'returned', 'withdrawn')),
  submitted_by text not null,
  submitted_at timestamptz not null,
  accepted_at timestamptz,
  yellow_at timestamptz,
  promised_at timestamptz,
  statutory_at timestamptz,
  provisional boolean not null default false,
  ended_at timestamptz,
  ledger_seq integer not null,
  ledger_hash bytea not null,
  -- why the case is being closed before its steps have ended
  closing text check (closing in ('withdrawal', 'return', 'termination')),
  -- since when the case's own clock is paused
  paused_at timestamptz,
  -- materials that were pledged and have not come in (容缺)
  gaps text[] not null default '{}',
  -- the calendar by which the deadlines were last computed, as its ordinal; null: none yet
  calendar integer,
  -- the light of an ended case never changes; that of an open one is computed when it is read
  ended_light integer generated always as
    (case when ended_at is not null then light_rank(ended_at, yellow_at, promised_at, statutory_at, ended_at, paused_at) end) stored,
  foreign key (matter, version) references matters (code, version)
)
-- The row of a case is updated with every projection and seldom in an indexed column. If its page
-- has room, the new version needs no index entries.
with (fillfactor = 70);

create index cases_by_time on cases (submitted_at desc, id desc);
create index cases_by_matter on cases (matter, submitted_at desc, id desc);
create index cases_by_status on cases (status, submitted_at desc, id desc);
create index cases_by_region on cases (region, submitted_at desc, id desc);
create index cases_by_ended_light on cases (ended_light, submitted_at desc, id desc) where ended_light is not null;
create index cases_open on cases (submitted_at desc, id desc) where ended_at is null;
create index cases_by_calendar on cases (calendar) where ended_at is null;

-- One row for each revision: a supplement that changes the form writes the next one.
create table dossiers (
  case_id uuid not null references cases,
  revision integer not null check (revision > 0),
  -- encrypted JSON { form, materials }
  content bytea not null,
  created_at timestamptz not null default now(),
  -- the number of materials that the applicant had handed in by then: a count for reports, which
  -- open no dossier
  handed_in integer,
  primary key (case_id, revision)
);

-- Keyed hashes for finding a case: ID number, name. Never the values.
create table case_keys (
  case_id uuid not null references cases,
  kind text not null check (kind in ('id-no', 'name')),
  hash bytea not null,
  primary key (case_id, kind, hash)
);
create index case_keys_by_hash on case_keys (kind, hash);

create table case_numbers (
  region text not null,
  day date not null,
  last integer not null check (last between 1 and 99999),
  primary key (region, day)
);

create table steps (
  case_id uuid not null references cases,
  id text not null,
  -- the id of the step in the definition, and its list item (1-based)
  definition text not null,
  item integer,
  position integer not null,
  agency text not null,
  kind text not null,
  status text not null check (status in ('waiting', 'ready', 'submitted', 'accepted', 'supplement', 'suspended',
    'attention', 'undoing', 'done', 'refused', 'skipped', 'blocked', 'stopped', 'undone')),
  round integer not null default 0,
  undo boolean not null default false,
  -- the last decision and the inbox message with its texts
  decision text check (decision in ('approved', 'refused', 'supplement')),
  message_id text,
  attention text,
  because text,
  started_at timestamptz,
  yellow_at timestamptz,
  promised_at timestamptz,
  statutory_at timestamptz,
  provisional boolean not null default false,
  ended_at timestamptz,
  changed_at timestamptz not null default now(),
  -- written by the sending activity before it throws, so that the reason for a stall is data
  attempts integer not null default 0,
  -- the round of the attempts: an attempt may fail before the projection knows that the round began
  attempt_round integer not null default 0,
  last_error text,
  last_error_at timestamptz,
  next_attempt_at timestamptz,
  -- when a silent agency is asked next; null: it is not asked
  enquire_at timestamptz,
  enquiries integer not null default 0,
  -- worklist: the officer who claimed it, until the lease lapses
  claimed_by text,
  claimed_until timestamptz,
  -- when its present round was sent
  sent_at timestamptz,
  -- StepClock (domain/case/clock.ts)
  clock jsonb,
  -- since when its clock is paused
  paused_at timestamptz,
  extension_days integer,
  -- the number of working days by which its limit may be extended, once
  extension integer not null default 0,
  -- the notice with its supplement
  notice_id text,
  -- { procedure, expectedDays, at }
  suspension jsonb,
  -- the officer to whom a supervisor assigned it
  officer text,
  -- when the watcher checks it next; null: the watcher watches what it waits for,
  -- or the step is stalled
  watch_at timestamptz,
  -- set when it has ended: how long its agency held it, in minutes and in minutes of the windows,
  -- and whether the agency asked for a supplement
  held_minutes real,
  worked_minutes real,
  supplemented boolean,
  -- since when it waits for the end of its agency's outage, and which of its waits was released
  -- last: a step that is parked again is released again
  parked_at timestamptz,
  released_parked_at timestamptz,
  -- when its officer claimed it; the claim ends at claimed_until
  claimed_at timestamptz,
  primary key (case_id, id)
);

create index steps_by_agency on steps (agency, case_id);
create index steps_open_by_agency on steps (agency, coalesce(promised_at, 'infinity'), case_id, id)
  where status in ('submitted', 'accepted', 'supplement', 'suspended', 'attention', 'undoing');
create index steps_to_enquire on steps (enquire_at) where enquire_at is not null;
-- Reports read the steps that ended in a period.
create index steps_by_end on steps (ended_at, case_id, id) where clock is not null and ended_at is not null;
create index steps_to_watch on steps (watch_at) where watch_at is not null;
-- The finished steps of agencies, for the figures of some days.
create index steps_finished on steps (ended_at) where status in ('done', 'refused');
create index steps_parked on steps (agency, coalesce(promised_at, 'infinity'), case_id, id) where parked_at is not null;

-- Notices of what is missing (一次性告知), with their items: Notice (domain/case/state.ts).
create table notices (
  case_id uuid not null references cases,
  id text not null,
  status text not null check (status in ('gathering', 'open', 'answered', 'lapsed')),
  since timestamptz not null,
  notified_at timestamptz,
  -- the last instant for an answer
  due_at timestamptz,
  items jsonb not null,
  primary key (case_id, id)
);

-- The instants that cases wait for (domain/case/dues.ts). The worker tells a case when one has
-- come.
create table dues (
  case_id uuid not null references cases,
  key text not null,
  kind text not null,
  step_id text,
  since timestamptz not null,
  due_at timestamptz not null,
  provisional boolean not null default false,
  sent_at timestamptz,
  primary key (case_id, key)
);
create index dues_to_send on dues (due_at) where sent_at is null;

-- What was sent to each agency: field names, never values.
create table disclosures (
  case_id uuid not null references cases,
  step_id text not null,
  round integer not null,
  agency text not null,
  fields text[] not null,
  sends integer not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (case_id, step_id, round)
);

-- 智能秒办: which rules held when they decided a step or left it to a person. Rule ids, no values.
create table rule_traces (
  case_id uuid not null references cases,
  step_id text not null,
  round integer not null,
  approved boolean not null,
  -- [{ id, held, note? }]
  trace jsonb not null,
  at timestamptz not null default now(),
  primary key (case_id, step_id, round)
);

grant select, insert on cases to one_matter_service;
-- The submitted data of a case never change.
grant update (status, closing, accepted_at, yellow_at, promised_at, statutory_at, provisional, paused_at, ended_at, gaps, calendar, ledger_seq, ledger_hash)
  on cases to one_matter_service;
grant select, insert on dossiers, case_keys, rule_traces to one_matter_service;
grant select, insert, update on case_numbers, steps, notices, disclosures to one_matter_service;
grant select, insert, update, delete on dues to one_matter_service;
