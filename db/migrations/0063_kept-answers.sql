-- Up Migration

-- Answers of agencies that did not count: kept beside the record until a person has dealt with them.
create index inbox_not_counted on inbox (received_at desc, message_id desc)
  where outcome ->> 'kind' = 'refused' and message ->> 'kind' = 'decision' and source in ('reply', 'callback', 'enquiry');
create index ledger_refused on ledger (case_id) where kind = 'message-refused';

-- A person has looked at such an answer and leaves it at that. One that is adopted has an adoption in the inbox instead.
create table dismissals (
  case_id uuid not null,
  message_id text not null,
  by_role text not null,
  by_id text not null,
  -- sealed
  reason bytea not null,
  at timestamptz not null default now(),
  primary key (case_id, message_id),
  foreign key (case_id, message_id) references inbox
);

grant select, insert on dismissals to one_matter_service;
