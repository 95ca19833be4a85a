#!/usr/bin/env bash
# Publishes one event, once, however often it has to ask: publish.sh [URL [MESSAGE]]
curl --silent --show-error --retry 30 --retry-all-errors --retry-delay 1 \
  --header 'Content-Type: application/json' --header "Idempotency-Key: $$-$RANDOM-$(date +%s%N)" \
  --data "{\"message\":\"${2:-Hello World}\",\"timestamp\":\"$(date -u +%FT%TZ)\"}" \
  "${1:-http://localhost:8080/events}"
