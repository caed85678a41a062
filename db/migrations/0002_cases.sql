-- Up Migration

-- matters/clock/light.ts in SQL: the place in LIGHTS (1 deep-red, 2 red, 3 yellow, 4 green, 5 grey) of one clock.
create function light_rank(
  now timestamptz, yellow_at timestamptz, promised_at timestamptz, statutory_at timestamptz, ended_at timestamptz, paused_at timestamptz
) returns integer language sql immutable parallel safe as $$
  select case
    when promised_at is null then 5
    when coalesce(ended_at, paused_at, now) > statutory_at then 1
    when coalesce(ended_at, paused_at, now) > promised_at then 2
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
  -- Plan (matters/engine/plan.ts): what the workflow was started with
  plan jsonb not null,
  status text not null default 'submitted' check (status in
    ('submitted', 'accepted', 'completed', 'partially-completed', 'refused', 'not-accepted', 'returned', 'withdrawn')),
  withdrawing boolean not null default false,
  submitted_by text not null,
  submitted_at timestamptz not null,
  accepted_at timestamptz,
  yellow_at timestamptz,
  promised_at timestamptz,
  statutory_at timestamptz,
  provisional boolean not null default false,
  ended_at timestamptz,
  -- the light of an ended case never changes; that of an open one is computed when it is asked for
  ended_light integer generated always as
    (case when ended_at is not null then light_rank(ended_at, yellow_at, promised_at, statutory_at, ended_at, null) end) stored,
  ledger_seq integer not null,
  ledger_hash bytea not null,
  foreign key (matter, version) references matters (code, version)
);

create index cases_by_time on cases (submitted_at desc, id desc);
create index cases_by_matter on cases (matter, submitted_at desc, id desc);
create index cases_by_status on cases (status, submitted_at desc, id desc);
create index cases_by_region on cases (region, submitted_at desc, id desc);
create index cases_by_ended_light on cases (ended_light, submitted_at desc, id desc) where ended_light is not null;
create index cases_open on cases (submitted_at desc, id desc) where ended_at is null;

-- One row a revision: a supplement that changes the form writes the next one.
create table dossiers (
  case_id uuid not null references cases,
  revision integer not null check (revision > 0),
  -- encrypted JSON { form, materials }
  content bytea not null,
  created_at timestamptz not null default now(),
  primary key (case_id, revision)
);

-- Keyed hashes by which a case is found: ID number, name. Never the values.
create table case_keys (
  case_id uuid not null references cases,
  kind text not null check (kind in ('id-no', 'name')),
  hash bytea not null,
  primary key (case_id, kind, hash)
);
create index case_keys_by_hash on case_keys (kind, hash);

create table steps (
  case_id uuid not null references cases,
  id text not null,
  -- the step's id in the definition, and which list item it is for (1-based)
  definition text not null,
  item integer,
  position integer not null,
  agency text not null,
  kind text not null,
  status text not null check (status in ('waiting', 'ready', 'submitted', 'accepted', 'supplement', 'suspended',
    'attention', 'undoing', 'done', 'refused', 'skipped', 'blocked', 'stopped', 'undone')),
  round integer not null default 0,
  undo boolean not null default false,
  -- last decision and the inbox message that holds its words
  decision text check (decision in ('approved', 'refused', 'supplement')),
  message_id text,
  attention text,
  because text,
  supplement_id text,
  started_at timestamptz,
  yellow_at timestamptz,
  promised_at timestamptz,
  statutory_at timestamptz,
  provisional boolean not null default false,
  ended_at timestamptz,
  changed_at timestamptz not null default now(),
  -- written by the sending activity before it throws: why a step stalls is data
  attempts integer not null default 0,
  -- the round that they belong to: an attempt may fail before the projection knows that the round began
  attempt_round integer not null default 0,
  last_error text,
  last_error_at timestamptz,
  next_attempt_at timestamptz,
  -- when a silent agency is asked next; null: not waiting for one
  enquire_at timestamptz,
  enquiries integer not null default 0,
  -- worklist: who works on it, until the lease lapses
  claimed_by text,
  claimed_until timestamptz,
  primary key (case_id, id)
);

create index steps_by_agency on steps (agency, case_id);
create index steps_open_by_agency on steps (agency, coalesce(promised_at, 'infinity'), case_id, id)
  where status in ('submitted', 'accepted', 'supplement', 'suspended', 'attention', 'undoing');
create index steps_to_enquire on steps (enquire_at) where enquire_at is not null;

create table supplements (
  case_id uuid not null references cases,
  id text not null,
  step_id text not null,
  round integer not null,
  -- the inbox message whose body lists what is wanted
  message_id text not null,
  wanted_at timestamptz not null,
  due_at timestamptz,
  answered_at timestamptz,
  primary key (case_id, id)
);

create table case_numbers (
  region text not null,
  day date not null,
  last integer not null check (last between 1 and 99999),
  primary key (region, day)
);

grant select, insert on cases to one_matter_service;
-- What a case was submitted with never changes.
grant update (status, withdrawing, accepted_at, yellow_at, promised_at, statutory_at, provisional, ended_at, ledger_seq, ledger_hash)
  on cases to one_matter_service;
grant select, insert, update on steps, supplements, case_numbers to one_matter_service;
grant select, insert on dossiers, case_keys to one_matter_service;
