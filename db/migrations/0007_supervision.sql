-- Up Migration

-- Stalled things, each with its cause (domain/waiting/causes.ts). Only the watcher writes them. A
-- cleared row is kept as a record of the delay and its cause.
create table stalls (
  id bigint generated always as identity primary key,
  -- none: the machinery itself, named by `subject`
  case_id uuid references cases,
  -- none: the whole case
  step_id text,
  subject text not null default '',
  -- the agency of the step; the cause shows whether the agency is responsible
  agency text,
  matter text,
  region text collate "C",
  cause text not null check (cause in ('agency-unreachable', 'agency-disabled', 'agency-rejected', 'agency-silent', 'officer-idle',
    'applicant', 'payment', 'courier', 'upstream', 'system')),
  detail text not null,
  turn text not null check (turn in ('applicant', 'agency', 'officer', 'courier', 'upstream', 'system')),
  since timestamptz not null,
  -- the next action that needs no person
  next_kind text,
  next_at timestamptz,
  -- the clock of the step, or of the case, for its light
  yellow_at timestamptz,
  promised_at timestamptz,
  statutory_at timestamptz,
  paused_at timestamptz,
  opened_at timestamptz not null default now(),
  -- when it was last checked, and in which state: another state is checked again
  judged_at timestamptz not null default now(),
  judged_as text not null default '',
  cleared_at timestamptz,
  check (case_id is not null or (step_id is null and subject <> '')),
  check (step_id is null or case_id is not null)
);
-- At most one open stall for each thing, with any number of watchers.
create unique index stalls_open on stalls (coalesce(case_id, '00000000-0000-0000-0000-000000000000'), coalesce(step_id, ''), subject)
  where cleared_at is null;
create index stalls_open_by_case on stalls (case_id) where cleared_at is null;
create index stalls_open_by_urgency on stalls (coalesce(promised_at, 'infinity'), id) where cleared_at is null;
create index stalls_open_by_age on stalls (since, id) where cleared_at is null;
create index stalls_open_to_judge on stalls (judged_at) where cleared_at is null;

-- Heartbeats of the processes that get no requests.
create table heartbeats (
  process text not null check (process in ('worker', 'watcher')),
  id uuid not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- the queues that the process serves: Temporal only remembers for a minute and a half that a
  -- queue was polled
  queues text[] not null default '{}',
  primary key (process, id)
);

grant select, insert, update on stalls to one_matter_service;
grant select, insert, update, delete on heartbeats to one_matter_service;

-- 督办: the actions of rules on late steps, once for each round and light, with any number of
-- workers.
create table supervision_rungs (
  case_id uuid not null references cases,
  step_id text not null,
  round integer not null,
  light text not null check (light in ('yellow', 'red')),
  rung text not null check (rung in ('nothing', 'urge', 'order')),
  at timestamptz not null default now(),
  primary key (case_id, step_id, round, light)
);

create table supervision_orders (
  id uuid primary key,
  -- division (6), day (8), number of the day (5), check digit (1), like case numbers
  order_no text not null unique check (order_no ~ '^[0-9]{20}$'),
  case_id uuid not null references cases,
  step_id text not null,
  round integer not null,
  -- the addressee
  agency text not null,
  region text collate "C" not null,
  matter text not null,
  ground text not null check (ground in ('yellow', 'red', 'hand')),
  -- Order (domain/supervision/orders.ts)
  status text not null check (status in ('open', 'contested', 'answered', 'closed', 'lifted')),
  opened_by jsonb not null,
  opened_at timestamptz not null,
  due_at timestamptz not null,
  yellow_at timestamptz not null,
  provisional boolean not null,
  replied_by text[] not null default '{}',
  replied_at timestamptz,
  circular_at timestamptz,
  ended_at timestamptz,
  -- by the rule of the matter it comes into a circular if no reply comes in time
  circulates boolean not null,
  -- the number of events
  seq integer not null,
  check ((status in ('closed', 'lifted')) = (ended_at is not null))
);
-- At most one at a time for a step: an escalation continues with the existing one.
create unique index supervision_orders_in_progress on supervision_orders (case_id, step_id) where ended_at is null;
create index supervision_orders_by_time on supervision_orders (opened_at desc, id desc);
create index supervision_orders_by_agency on supervision_orders (agency, opened_at desc, id desc);
create index supervision_orders_by_case on supervision_orders (case_id);
create index supervision_orders_awaiting on supervision_orders (due_at) where status = 'open' and circular_at is null and circulates;

-- The events of an order: append-only, like the ledger of a case.
create table supervision_events (
  order_id uuid not null references supervision_orders,
  seq integer not null check (seq > 0),
  message_id text not null check (length(message_id) between 1 and 300),
  at timestamptz not null,
  kind text not null check (kind in
    ('open', 'answer', 'contest', 'close', 'return', 'uphold', 'reject', 'circulate', 'lift')),
  by jsonb not null,
  -- encrypted JSON { text, evidence }
  words bytea,
  -- keyed hash of the texts, to distinguish a repetition from a contradiction
  words_hash bytea not null,
  -- with a contest: when we sent and when they confirmed, from our own rows
  arrival jsonb,
  primary key (order_id, seq),
  unique (order_id, message_id)
);
create trigger supervision_events_append_only before update or delete on supervision_events
  for each row execute function ledger_is_append_only();
create trigger supervision_events_no_truncate before truncate on supervision_events
  for each statement execute function ledger_is_append_only();

create table order_numbers (
  region text not null,
  day date not null,
  last integer not null check (last between 1 and 99999),
  primary key (region, day)
);

grant select, insert on supervision_rungs, supervision_events to one_matter_service;
grant select, insert on supervision_orders to one_matter_service;
-- The content, the addressee and the author of an order never change.
grant update (status, due_at, yellow_at, provisional, replied_by, replied_at, circular_at, ended_at, seq)
  on supervision_orders to one_matter_service;
grant select, insert, update on order_numbers to one_matter_service;

-- One order to many cases: a frozen list, judged item by item before any case is changed.
create table bulk_acts (
  id uuid primary key,
  status text not null check (status in ('draft', 'awaiting-second', 'running', 'paused', 'stopped', 'done')),
  -- BulkAction (domain/supervision/bulk.ts), and the filter of the list
  action jsonb not null,
  filter jsonb not null,
  -- division prefix in which the list was made
  region text collate "C" not null,
  -- encrypted JSON: the reason
  reason bytea not null,
  created_by jsonb not null,
  created_at timestamptz not null default now(),
  total integer not null,
  -- when the executor may take the next items: the rate belongs to the act, with any number of
  -- workers
  next_at timestamptz not null default now(),
  ended_at timestamptz
);
create index bulk_acts_by_time on bulk_acts (created_at desc, id desc);
create index bulk_acts_running on bulk_acts (next_at) where status = 'running';

create table bulk_items (
  bulk_id uuid not null references bulk_acts,
  n integer not null check (n > 0),
  case_id uuid not null references cases,
  step_id text,
  round integer,
  -- the result of the dry run: apply, or the code of the refusal
  effect text not null,
  state text not null check (state in ('pending', 'left-out', 'sent', 'applied', 'refused', 'stopped')),
  -- the code of the refusal
  code text,
  primary key (bulk_id, n)
);
create index bulk_items_pending on bulk_items (bulk_id, n) where state = 'pending';
create index bulk_items_sent on bulk_items (bulk_id, n) where state = 'sent';

-- The actions on an act, with person and time: append-only.
create table bulk_events (
  bulk_id uuid not null references bulk_acts,
  at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in ('create', 'start', 'confirm', 'pause', 'resume', 'stop')),
  by jsonb not null,
  primary key (bulk_id, at)
);
create trigger bulk_events_append_only before update or delete on bulk_events
  for each row execute function ledger_is_append_only();

grant select, insert on bulk_acts, bulk_items, bulk_events to one_matter_service;
-- The list, the action and the reason are frozen.
grant update (status, next_at, ended_at) on bulk_acts to one_matter_service;
grant update (state, code) on bulk_items to one_matter_service;
