-- Up Migration

-- Why a case is being closed before its steps are through; since when its own clock stands still.
alter table cases
  drop column withdrawing,
  add column closing text check (closing in ('withdrawal', 'return', 'termination')),
  add column paused_at timestamptz,
  -- materials that were pledged and have not come in (容缺)
  add column gaps text[] not null default '{}';

alter table steps
  drop column supplement_id,
  -- when the round that it is in was sent
  add column sent_at timestamptz,
  -- StepClock (matters/engine/clock.ts)
  add column clock jsonb,
  -- since when its clock stands still
  add column paused_at timestamptz,
  add column extension_days integer,
  -- by how many working days its limit may be extended, once
  add column extension integer not null default 0,
  -- the notice in which its supplement is
  add column notice_id text,
  -- { procedure, expectedDays, at }
  add column suspension jsonb,
  -- its agency has an outage: it waits for its release
  add column parked boolean not null default false,
  -- to whom a supervisor gave it
  add column officer text;

-- Notices of what is missing (一次性告知), with their items: Notice (matters/engine/state.ts).
drop table supplements;
create table notices (
  case_id uuid not null references cases,
  id text not null,
  status text not null check (status in ('gathering', 'open', 'answered', 'lapsed')),
  since timestamptz not null,
  notified_at timestamptz,
  -- until when it is to be answered
  due_at timestamptz,
  items jsonb not null,
  primary key (case_id, id)
);

-- The instants that cases wait for (matters/engine/dues.ts). The timekeeper tells a case when one has come.
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

alter table inbox drop constraint inbox_source_check;
alter table inbox add constraint inbox_source_check check (source in
  ('reply', 'callback', 'enquiry', 'officer', 'window', 'supervisor', 'rules', 'system'));

grant select, insert, update on notices to one_matter_service;
grant select, insert, update, delete on dues to one_matter_service;
grant update (closing, paused_at, gaps) on cases to one_matter_service;
