-- Up Migration

-- Several registered agencies can serve one agency of the catalog, each in its divisions.
-- serves: null stands for the agency of the catalog with the same id
alter table agencies add column serves text;
-- the first digits of the divisions; null: all
alter table agencies add column divisions text[] check (cardinality(divisions) > 0);

-- The division that decides a step: that of the case, or the one that the form names. It is here and
-- not in the plan, which is in Temporal.
alter table steps add column division text collate "C";
update steps set division = cases.region from cases where cases.id = steps.case_id;
alter table steps alter column division set not null;

-- A stall is shown where its case was accepted and where its step is decided.
alter table stalls add column division text collate "C";
update stalls set division = steps.division from steps where steps.case_id = stalls.case_id and steps.id = stalls.step_id;
update stalls set division = region where division is null;

-- A step can wait because no office serves its division.
alter table stalls drop constraint stalls_cause_check;
alter table stalls add constraint stalls_cause_check check (cause in ('agency-unreachable', 'agency-disabled',
  'agency-unregistered', 'no-office', 'agency-rejected', 'agency-silent', 'special-procedure', 'officer-idle',
  'applicant', 'payment', 'courier', 'upstream', 'system'));
