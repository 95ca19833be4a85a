#!/usr/bin/env bash
# Publishes one event, once, however often it has to ask: publish.sh [URL [MESSAGE]]
answer=$(curl --silent --show-error --max-time 60 --retry 30 --retry-all-errors --retry-delay 1 --write-out '\n%{http_code}' \
  --header 'Content-Type: application/json' --header "Idempotency-Key: $$-$RANDOM-$(date +%s%N)" \
  --data "{\"message\":\"${2:-Hello World}\",\"timestamp\":\"$(date -u +%FT%TZ)\"}" \
  "${1:-http://localhost:8080/events}")
echo "${answer%$'\n'*}"
[ "${answer##*$'\n'}" = 201 ]
