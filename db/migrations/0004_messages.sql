-- Up Migration

-- Cases to be started in Temporal.
create table start_requests (
  case_id uuid primary key references cases,
  created_at timestamptz not null default now(),
  -- a relay claims it until then; the claim of a dead relay lapses
  claimed_until timestamptz,
  attempts integer not null default 0,
  started_at timestamptz,
  -- when the first entries of the case were written: if a relay started a case and died before,
  -- another one writes them
  recorded_at timestamptz
);
create index start_requests_open on start_requests (created_at) where recorded_at is null;

-- The messages of agencies, officers, clerks and applicants. Kept for the life of the case: the id
-- makes each count once.
create table inbox (
  case_id uuid not null references cases,
  message_id text not null check (length(message_id) between 1 and 300),
  step_id text,
  round integer,
  source text not null check (source in ('reply', 'callback', 'enquiry', 'officer', 'window', 'supervisor', 'rules', 'system')),
  -- Message (domain/case/messages.ts): ids and codes
  message jsonb not null,
  -- encrypted JSON: reason, result, supplement items, answers
  body bytea,
  -- keyed hash of the content, to distinguish a repetition from a contradiction
  body_hash bytea not null,
  received_at timestamptz not null default now(),
  claimed_until timestamptz,
  attempts integer not null default 0,
  settled_at timestamptz,
  -- Outcome (domain/case/messages.ts)
  outcome jsonb,
  primary key (case_id, message_id)
);
create index inbox_open on inbox (received_at) where settled_at is null;
-- The open messages about a newer calendar: few at a time among all open messages.
create index inbox_calendar_changes on inbox (case_id) where settled_at is null and message ->> 'kind' = 'calendar-change';
-- Answers of agencies that did not count: kept beside the record until a person has settled them.
create index inbox_not_counted on inbox (received_at desc, message_id desc)
  where outcome ->> 'kind' = 'refused' and message ->> 'kind' = 'decision' and source in ('reply', 'callback', 'enquiry');

-- A person has dismissed such an answer. An adopted one has an adoption in the inbox instead.
create table dismissals (
  case_id uuid not null,
  message_id text not null,
  by_role text not null,
  by_id text not null,
  -- sealed
  reason bytea not null,
  at timestamptz not null default now(),
  primary key (case_id, message_id),
  foreign key (case_id, message_id) references inbox
);

create table idempotency_keys (
  account text not null,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null,
  status integer not null,
  -- encrypted JSON: the answer as it was given
  response bytea not null,
  created_at timestamptz not null default now(),
  primary key (account, key)
);

grant select, insert, update on start_requests, inbox to one_matter_service;
grant select, insert on dismissals, idempotency_keys to one_matter_service;
