-- Up Migration

-- Cases to be started in Temporal.
create table start_requests (
  case_id uuid primary key references cases,
  created_at timestamptz not null default now(),
  -- a relay holds it until then; a relay that dies lets go by itself
  claimed_until timestamptz,
  attempts integer not null default 0,
  started_at timestamptz,
  -- when the case's first entries were written: a relay that started a case and died before is followed by another
  recorded_at timestamptz
);
create index start_requests_open on start_requests (created_at) where recorded_at is null;

-- What agencies, officers, clerks and applicants said. Kept for the life of the case: its id is what makes it count once.
create table inbox (
  case_id uuid not null references cases,
  message_id text not null check (length(message_id) between 1 and 300),
  step_id text,
  round integer,
  source text not null check (source in ('reply', 'callback', 'enquiry', 'officer', 'window', 'supervisor', 'rules', 'system')),
  -- Message (matters/engine/messages.ts): ids and codes
  message jsonb not null,
  -- encrypted JSON: reason, result, supplement items, answers
  body bytea,
  -- keyed hash of the content, to tell a repetition from a contradiction
  body_hash bytea not null,
  received_at timestamptz not null default now(),
  claimed_until timestamptz,
  attempts integer not null default 0,
  settled_at timestamptz,
  -- Outcome (matters/engine/messages.ts)
  outcome jsonb,
  primary key (case_id, message_id)
);
create index inbox_open on inbox (received_at) where settled_at is null;
-- Open cases that are being told of a newer calendar: few at a time, looked for among all that is open.
create index inbox_calendar_changes on inbox (case_id) where settled_at is null and message ->> 'kind' = 'calendar-change';
-- Answers of agencies that did not count: kept beside the record until a person has dealt with them.
create index inbox_not_counted on inbox (received_at desc, message_id desc)
  where outcome ->> 'kind' = 'refused' and message ->> 'kind' = 'decision' and source in ('reply', 'callback', 'enquiry');

-- A person has looked at such an answer and leaves it at that. One that is adopted has an adoption in the inbox instead.
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
