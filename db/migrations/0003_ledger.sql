-- Up Migration

-- The record of every case. Append-only by privilege and by trigger; chained by hash per case.
create table ledger (
  case_id uuid not null references cases,
  seq integer not null check (seq > 0),
  at timestamptz not null,
  kind text not null,
  step_id text,
  -- LedgerEntry (domain/case/ledger.ts). json, not jsonb: the hash covers this exact text
  entry json not null,
  -- sha256(previous hash || seq || ':' || entry)
  hash bytea not null,
  primary key (case_id, seq)
);
create index ledger_refused on ledger (case_id) where kind = 'message-refused';

create function ledger_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
end
$$;

create trigger ledger_append_only before update or delete on ledger
  for each row execute function ledger_is_append_only();
create trigger ledger_no_truncate before truncate on ledger
  for each statement execute function ledger_is_append_only();

grant select, insert on ledger to one_matter_service;
