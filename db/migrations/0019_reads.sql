-- Up Migration

-- Who read personal values of a case, which and for what. Rows are only added.
create table reads (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- the person, or the agency whose system read, and the role
  account text not null,
  role text not null check (role in ('clerk', 'officer', 'supervisor', 'admin', 'agency')),
  -- a case; not a foreign key, because that would make a read wait while the case is locked
  case_id uuid not null,
  -- none: the values belong to the whole case
  step_id text,
  -- ReadKind and ReadPurpose (domain/reads.ts)
  kind text not null,
  purpose text not null
);
create index reads_by_case on reads (case_id, id desc);
create trigger reads_append_only before update or delete on reads
  for each row execute function ledger_is_append_only();
create trigger reads_no_truncate before truncate on reads
  for each statement execute function ledger_is_append_only();
grant select, insert on reads to one_matter_service;

-- The officer who read the fields of a step; none: its system got them, or they wait in the worklist.
alter table disclosures drop constraint disclosures_pkey;
alter table disclosures add column officer text;
create unique index disclosures_once on disclosures (case_id, step_id, round, officer) nulls not distinct;

-- Who gave and who ended a role; who made and who revoked a token. Null: it was not recorded then.
alter table person_roles add column added_by text, add column ended_by text;
alter table tokens add column created_by text, add column revoked_by text;
grant update (ended_by) on person_roles to one_matter_service;
grant update (revoked_by) on tokens to one_matter_service;
