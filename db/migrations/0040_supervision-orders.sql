-- Up Migration

-- 督办: what was done by rule about a step that runs late, once for each round and light, whichever process saw it first.
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
  -- division (6), day (8), number of the day (5), check digit (1), as case numbers are
  order_no text not null unique check (order_no ~ '^[0-9]{20}$'),
  case_id uuid not null references cases,
  step_id text not null,
  round integer not null,
  -- to whom it is addressed
  agency text not null,
  region text collate "C" not null,
  matter text not null,
  ground text not null check (ground in ('yellow', 'red', 'hand')),
  -- Order (matters/supervision/supervision.ts)
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
  -- by the matter's rule it comes into a circular when nobody replies in time
  circulates boolean not null,
  -- events so far
  seq integer not null,
  check ((status in ('closed', 'lifted')) = (ended_at is not null))
);
-- At most one at a time for a step: the ladder goes on with the one that is there.
create unique index supervision_orders_in_progress on supervision_orders (case_id, step_id) where ended_at is null;
create index supervision_orders_by_time on supervision_orders (opened_at desc, id desc);
create index supervision_orders_by_agency on supervision_orders (agency, opened_at desc, id desc);
create index supervision_orders_by_case on supervision_orders (case_id);
create index supervision_orders_awaiting on supervision_orders (due_at) where status = 'open' and circular_at is null and circulates;

-- What happened to an order: append-only, like the ledger of a case.
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
  -- keyed hash of the words, to tell a repetition from a contradiction
  words_hash bytea not null,
  -- with a contest: when we sent, when they confirmed, from our own rows
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
-- What was ordered, of whom and by whom never changes.
grant update (status, due_at, yellow_at, provisional, replied_by, replied_at, circular_at, ended_at, seq)
  on supervision_orders to one_matter_service;
grant select, insert, update on order_numbers to one_matter_service;
