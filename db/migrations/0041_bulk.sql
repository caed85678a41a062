-- Up Migration

-- One order to many cases: a frozen list, judged item by item before anything happens.
create table bulk_acts (
  id uuid primary key,
  status text not null check (status in ('draft', 'awaiting-second', 'running', 'paused', 'stopped', 'done')),
  -- BulkAction (matters/supervision/bulk.ts), and the filter that gave the list
  action jsonb not null,
  filter jsonb not null,
  -- division prefix in which the list was made
  region text collate "C" not null,
  -- encrypted JSON: why
  reason bytea not null,
  created_by jsonb not null,
  created_at timestamptz not null default now(),
  total integer not null,
  -- when the executor may take the next items: the rate is the act's, however many workers run
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
  -- what the dry run said would happen: apply, or the code of the refusal
  effect text not null,
  state text not null check (state in ('pending', 'left-out', 'sent', 'applied', 'refused', 'stopped')),
  -- why it was refused in the end
  code text,
  primary key (bulk_id, n)
);
create index bulk_items_pending on bulk_items (bulk_id, n) where state = 'pending';
create index bulk_items_sent on bulk_items (bulk_id, n) where state = 'sent';

-- Who did what to an act, and when: append-only.
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
