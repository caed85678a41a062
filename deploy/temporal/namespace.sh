#!/bin/sh
# Makes the namespace unless it is there. Histories of ended cases are kept for RETENTION; the record itself is in Postgres.
set -eu

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
