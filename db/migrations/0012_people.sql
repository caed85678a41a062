-- Up Migration

-- The people who work with the system. The account is the id of a person in every other table, in
-- the ledger and in messages.
create table people (
  account text primary key,
  -- sealed; absent until it is given
  name bytea,
  added_at timestamptz not null default now(),
  -- since when no token of the person is valid
  disabled_at timestamptz
);

-- The roles of a person. A role that has ended keeps its row, because tokens refer to it.
create table person_roles (
  id uuid primary key default gen_random_uuid(),
  account text not null references people,
  role text not null check (role in ('clerk', 'officer', 'supervisor', 'admin')),
  agency text references agencies,
  -- division prefix in which the person acts; empty: everywhere
  region text not null default '' check (region ~ '^[0-9]{0,6}$'),
  added_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((role = 'officer') = (agency is not null))
);
create unique index person_roles_once on person_roles (account, role, agency, region) nulls not distinct
  where ended_at is null;
-- For every delivered message the service checks whether its sender still has the right.
create index person_roles_by_account on person_roles (account, role);

-- Who disabled a person or enabled them again, when and why. Rows are only added.
create table person_switches (
  account text not null references people,
  at timestamptz not null default now(),
  disabled boolean not null,
  by_account text not null,
  -- sealed, because the text can contain personal data
  reason bytea not null,
  primary key (account, at)
);

-- Every account becomes a person with the roles of its tokens.
insert into people (account)
  select account from tokens union select account from group_members
  union select account from absences union select cover from absences where cover is not null;
insert into person_roles (account, role, agency, region) select distinct account, role, agency, region from tokens;

-- A token acts in one role of its person.
alter table tokens add column role_id uuid references person_roles, add column last_used_at timestamptz;
update tokens set role_id = person_roles.id from person_roles
  where person_roles.account = tokens.account and person_roles.role = tokens.role
    and person_roles.agency is not distinct from tokens.agency and person_roles.region = tokens.region;
alter table tokens alter column role_id set not null;
alter table tokens drop column role, drop column account, drop column agency, drop column region;
create index tokens_by_role on tokens (role_id);
-- The id by which operators name a token: the beginning of its keyed hash.
create unique index tokens_by_id on tokens (left(encode(hash, 'hex'), 12));

alter table group_members add foreign key (account) references people;
alter table absences add foreign key (account) references people, add foreign key (cover) references people;

-- The people who replied to an order, without their roles.
update supervision_orders set replied_by = array(
  select distinct regexp_replace(actor, '^(clerk|officer|supervisor|admin):', 'person:') from unnest(replied_by) as actor)
where replied_by <> '{}';

grant select, insert on people, person_roles, person_switches to one_matter_service;
grant update (name, disabled_at) on people to one_matter_service;
grant update (ended_at) on person_roles to one_matter_service;
revoke update on tokens from one_matter_service;
grant update (expires_at, revoked_at, last_used_at) on tokens to one_matter_service;
