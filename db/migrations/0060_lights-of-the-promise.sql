-- Up Migration

-- A case has kept its promise when the last step inside it has ended, however long certificates and posting take after that: since then its
-- own clock stands still (paused_at), and what ends after a pause is judged at the pause. See lightOf in matters/clock/light.ts.
alter table cases drop column ended_light;

create or replace function light_rank(
  now timestamptz, yellow_at timestamptz, promised_at timestamptz, statutory_at timestamptz, ended_at timestamptz, paused_at timestamptz
) returns integer
language sql immutable parallel safe as $$
  select case
    when promised_at is null then 5
    when coalesce(least(ended_at, paused_at), now) > statutory_at then 1
    when coalesce(least(ended_at, paused_at), now) > promised_at then 2
    when ended_at is not null then 4
    when paused_at is not null then 5
    when now >= yellow_at then 3
    else 4
  end
$$;

alter table cases add column ended_light integer generated always as
  (case when ended_at is not null then light_rank(ended_at, yellow_at, promised_at, statutory_at, ended_at, paused_at) end) stored;
create index cases_by_ended_light on cases (ended_light, submitted_at desc, id desc) where ended_light is not null;
