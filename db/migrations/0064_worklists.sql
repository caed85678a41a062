-- Up Migration

-- When the officer who has a task took it; until when is claimed_until.
alter table steps add column claimed_at timestamptz;

-- What an officer wrote down before deciding: it goes with the task to whoever takes it next.
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

-- While an officer is away, the others of the group, or the one who is named, may take what is his.
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

grant select, insert, update, delete on drafts to one_matter_service;
grant select, insert, delete on group_members to one_matter_service;
grant select, insert, update on absences to one_matter_service;
