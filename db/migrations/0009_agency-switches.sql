-- Up Migration

-- Who disabled an agency or enabled it again, when and why. Rows are only added.
create table agency_switches (
  agency text not null references agencies,
  at timestamptz not null default now(),
  disabled boolean not null,
  account text not null,
  -- sealed, because the text can contain personal data
  reason bytea not null,
  primary key (agency, at)
);

grant select, insert on agency_switches to one_matter_service;
