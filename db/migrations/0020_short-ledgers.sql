-- Up Migration

-- `ahead`: the ledger lacks entries that the run has, because Postgres is older than Temporal.
-- `unwritten`: it lacks the last ones, which the run can still tell.
alter table resumptions drop constraint resumptions_why_check;
alter table resumptions add constraint resumptions_why_check
  check (why in ('missing', 'reset', 'behind', 'ahead', 'unwritten', 'asked'));
-- `ledger`: such a loss never resumes by itself.
alter table run_losses drop constraint run_losses_why_check;
alter table run_losses add constraint run_losses_why_check check (why in ('many', 'namespace', 'ledger'));
