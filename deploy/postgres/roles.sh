#!/bin/sh
# Creates the roles and databases of the service and of Temporal, once, on a new data directory.
set -eu

password_in() { sed -E 's|^[^:]+://[^:]+:([^@]+)@.*$|\1|' "/run/secrets/$1"; }

OWNER_PASSWORD=$(password_in migration_database_url) \
APP_PASSWORD=$(password_in database_url) \
TEMPORAL_PASSWORD=$(cat /run/secrets/temporal_password) \
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv temporal_password TEMPORAL_PASSWORD

-- What the migrations grant to. The service's login is a member of it and owns nothing.
create role one_matter_service;
create role one_matter_owner login createrole password :'owner_password';
create role one_matter_app login password :'app_password' in role one_matter_service;
create role temporal login password :'temporal_password';

create database one_matter owner one_matter_owner;
create database temporal owner temporal;
create database temporal_visibility owner temporal;

revoke connect, temporary on database one_matter, temporal, temporal_visibility from public;
grant connect on database one_matter to one_matter_service;
SQL
