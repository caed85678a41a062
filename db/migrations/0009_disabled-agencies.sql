-- Up Migration

-- Since when nothing is sent to the agency: an operator has disabled it.
alter table agencies add column disabled_at timestamptz;

alter table stalls drop constraint stalls_cause_check;
alter table stalls add constraint stalls_cause_check check (cause in ('agency-unreachable', 'agency-disabled', 'agency-rejected',
  'agency-silent', 'officer-idle', 'applicant', 'payment', 'courier', 'upstream', 'system'));

-- So that any process can tell whether the schema is that of its version.
grant select on migrations to one_matter_service;
