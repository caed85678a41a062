-- Up Migration

-- Requests of one case that wait for a reply of the agency at the same time.
alter table agencies add column max_in_flight integer not null default 16 check (max_in_flight between 1 and 50);

-- A step can wait for an agency that is not in the registry, or for the end of a special procedure.
alter table stalls drop constraint stalls_cause_check;
alter table stalls add constraint stalls_cause_check check (cause in ('agency-unreachable', 'agency-disabled',
  'agency-unregistered', 'agency-rejected', 'agency-silent', 'special-procedure', 'officer-idle', 'applicant', 'payment', 'courier', 'upstream', 'system'));
