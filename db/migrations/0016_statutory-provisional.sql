-- Up Migration

-- The statutory deadline lies past the last day that the calendar covers; "provisional" is about the promised one.
alter table cases add column statutory_provisional boolean not null default false;
alter table steps add column statutory_provisional boolean not null default false;
update cases set statutory_provisional = provisional where statutory_at is not null;
update steps set statutory_provisional = provisional where statutory_at is not null;
grant update (statutory_provisional) on cases to one_matter_service;
