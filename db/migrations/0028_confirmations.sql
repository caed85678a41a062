-- Up Migration

-- Warnings about a form that a person confirmed, by the revision of the dossier that they came with.
create table confirmations (
  case_id uuid not null,
  revision integer not null,
  by text not null,
  at timestamptz not null,
  -- [{ rule, field, message }]
  confirmed jsonb not null,
  -- a text for each of them, sealed
  reasons bytea not null,
  primary key (case_id, revision),
  foreign key (case_id, revision) references dossiers (case_id, revision)
);

grant select, insert on confirmations to one_matter_service;
