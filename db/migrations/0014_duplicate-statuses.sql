-- Up Migration

-- The statuses that count as granted are a parameter, so that the status table is their only home.
drop function find_duplicates(jsonb);

-- The cases that rules ([{ rule, key, hash, against, other }]) find to be duplicates. Locks each
-- key to the end of the transaction, always in one order, and only then looks: of two equal cases
-- at once, the second waits and finds the first. (A volatile function takes a new snapshot for each
-- of its statements.)
create function find_duplicates(wanted jsonb, granted text[])
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
    where cases.ended_at is null or item ->> 'other' = 'granted' and cases.status = any (granted)
    order by 3, 1;
end $$;
