-- Up Migration

-- What one account has decided, the latest first. The ledger keeps it, also of rounds that are over.
create index ledger_decisions on ledger ((entry -> 'by' ->> 'role'), (entry -> 'by' ->> 'id'), at desc, case_id desc, seq desc)
  where kind in ('step-decided', 'supplement-wanted', 'parcel-returned');
