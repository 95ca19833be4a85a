#!/bin/sh
# Prints what is new in a stream, an answer with its events a line, and remembers in a file how far it is: poll.sh [URL [FILE]]
refused=22 # as curl has it
url=${1:-http://localhost:8080/events} file=${2:-last-id}
while :; do
  last=$(cat "$file" 2>/dev/null)
  answer=$(curl --silent --show-error --fail --retry 30 --retry-delay 2 --max-time 90 --get --header 'Accept: application/json' \
    --data wait=20s ${last:+--data "lastEventId=$last"} "$url")
  case $? in
    0) ;;
    "$refused") exit 1 ;;
    *) sleep 2; continue ;;
  esac
  case $answer in
    *'"events":[],'*) ;;
    *) printf '%s\n' "$answer" ;;
  esac
  # Printed first: whoever is killed in between prints an answer twice, and loses none.
  next=$(printf '%s' "$answer" | sed -n 's/.*"last":"\([a-z0-9-]*\)","gap":.*/\1/p')
  [ -z "$next" ] || { printf '%s' "$next" >"$file.new" && mv "$file.new" "$file"; }
  case $answer in
    *'"ended":true}') exit 0 ;;
  esac
done
