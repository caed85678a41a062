-- Up Migration

-- What an agency is in law decides which remedies an applicant has against its answer.
alter table agencies add column nature text not null default 'organ'
  check (nature in ('organ', 'authorised', 'institution', 'company'));
