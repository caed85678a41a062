-- Up Migration

-- The results of other steps that the agency of a step is sent in its present round: ResultSource
-- (domain/case/messages.ts). Steps, messages and digests; the values are in the sealed messages.
alter table steps add column results jsonb;
