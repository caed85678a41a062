#!/bin/sh
# Writes the secrets of an installation, 32 random bytes each, to ./secrets or to the given folder.
# Only the owner can enter the folder. The files in it are readable, because each container reads
# them as its own user.
set -eu
umask 077

folder=${1:-$(dirname "$0")/../secrets}
if [ -e "$folder" ]; then
  echo "$folder is there already. Without its keys no personal data can be read: it is not overwritten." >&2
  exit 1
fi

hex() { od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n'; }
base64_key() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }

mkdir -p "$folder"
echo '*' >"$folder/.gitignore"
printf '%s' "$(hex)" >"$folder/postgres_password"
printf '%s' "$(hex)" >"$folder/temporal_password"
printf 'postgres://one_matter_app:%s@postgres:5432/one_matter' "$(hex)" >"$folder/database_url"
printf 'postgres://one_matter_owner:%s@postgres:5432/one_matter' "$(hex)" >"$folder/migration_database_url"
key=k$(date +%Y%m%d)
printf '{ "current": "%s", "sealing": { "%s": "%s" }, "search": "%s" }\n' \
  "$key" "$key" "$(base64_key)" "$(base64_key)" >"$folder/keys"
chmod 444 "$folder"/*
echo "Wrote $folder. Keep a copy of its file keys apart from the backups of the database."
