-- Up Migration

-- Whether whoever acted by hand still has a right is asked of every message that is delivered.
create index tokens_by_account on tokens (account, role);
