-- Up Migration

-- Keyed hashes with which a case is compared with others before it is accepted (`duplicates` of its
-- matter). Never the values.
create table duplicate_keys (
  case_id uuid not null references cases,
  -- what the value stands for: person, property, child
  key text not null,
  hash bytea not null,
  primary key (case_id, key, hash)
);
create index duplicate_keys_by_hash on duplicate_keys (key, hash);

-- A case that was accepted although duplicates were found: the person who decided that, and the
-- reason.
create table duplicate_overrides (
  case_id uuid primary key references cases,
  by text not null,
  at timestamptz not null,
  -- [{ rule, caseId, caseNo, region }]
  found jsonb not null,
  -- sealed
  reason bytea not null
);

-- The cases that rules ([{ rule, key, hash, against, other }]) find to be duplicates. Locks each
-- key to the end of the transaction, always in one order, and only then looks: of two equal cases
-- at once, the second waits and finds the first. (A volatile function takes a new snapshot for each
-- of its statements.)
create function find_duplicates(wanted jsonb)
returns table (rule text, case_id uuid, case_no text, region text) language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(lock) from (
    select distinct hashtextextended(format('duplicate:%s:%s', item ->> 'key', item ->> 'hash'), 0) as lock
    from jsonb_array_elements(wanted) as item order by lock
  ) as ordered;
  return query
    select distinct item ->> 'rule', cases.id, cases.case_no, cases.region::text
    from jsonb_array_elements(wanted) as item
    join duplicate_keys on duplicate_keys.key = item ->> 'key' and duplicate_keys.hash = decode(item ->> 'hash', 'hex')
    join cases on cases.id = duplicate_keys.case_id and item -> 'against' ? cases.matter
    where cases.ended_at is null
      or item ->> 'other' = 'granted' and cases.status in ('completed', 'partially-completed')
    order by 3, 1;
end $$;

grant select, insert on duplicate_keys, duplicate_overrides to one_matter_service;
