-- Up Migration

-- How many materials the applicant had handed in by then: a count for reports, which open no dossier. Null: from before it was counted.
alter table dossiers add column handed_in integer;
