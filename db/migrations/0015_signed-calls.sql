-- Up Migration

-- Calls with a body that an agency has signed, for as long as the signature is good: a captured call
-- cannot be sent to another address. Ids and contents are keyed hashes, because an agency chooses
-- both. Expired rows are deleted when later ones are written.
create table signed_calls (
  agency text not null references agencies,
  id bytea not null,
  at timestamptz not null default now(),
  -- hash of method and address
  target bytea not null,
  content bytea not null,
  primary key (agency, id)
);
create index signed_calls_at on signed_calls (at);

grant select, insert, update, delete on signed_calls to one_matter_service;
