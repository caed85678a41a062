-- Up Migration

-- 智能秒办: which rules held when a machine decided a step or handed it to a person. Rule ids, no values.
create table rule_traces (
  case_id uuid not null references cases,
  step_id text not null,
  round integer not null,
  approved boolean not null,
  -- [{ id, held, note? }]
  trace jsonb not null,
  at timestamptz not null default now(),
  primary key (case_id, step_id, round)
);

grant select, insert on rule_traces to one_matter_service;
