-- Up Migration

-- People write what they like: sealed, like all words.
alter table incidents
  drop column opened_reason,
  drop column closed_reason,
  add column opened_reason bytea,
  add column closed_reason bytea;
