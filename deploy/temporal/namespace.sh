#!/bin/sh
# Creates the namespace if it does not exist. Temporal keeps the histories of ended cases for
# RETENTION; the permanent record is in Postgres.
set -eu

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
