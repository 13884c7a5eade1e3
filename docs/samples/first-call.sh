#!/bin/sh
# The first call to a demonstration store, with its own token: sh first-call.sh http://127.0.0.1:8000 TOKEN USCC
set -eu
address=$1 token=$2 uscc=$3
curl -sS "$address/v1/assessments" \
  -H "Authorization: Bearer $token" \
  -H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" \
  -H "Content-Type: application/json" \
  -d "{\"enterprise\": {\"scheme\": \"uscc\", \"value\": \"$uscc\"}}"
