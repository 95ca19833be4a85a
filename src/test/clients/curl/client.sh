#!/usr/bin/env bash
# Server-Sent Events with curl. Reconnects, and resumes after the last id.

# As it stands in a JSON text; good for text without control characters.
json() {
  local text=${1//\\/\\\\}
  printf %s "${text//\"/\\\"}"
}

last_id='' retry=1000
while :; do
  id=$last_id event='' data=''
  while IFS= read -r line; do
    line=${line%$'\r'}
    case $line in
      'id: '*) id=${line#id: } ;;
      'event: '*) event=${line#event: } ;;
      'data: '*) data+=${data:+\\n}$(json "${line#data: }") ;;
      'retry: '*) retry=${line#retry: } ;;
      '')
        last_id=$id # only now: a block that was cut off does not count
        [ -z "$data" ] || printf '{"id":"%s","event":"%s","data":"%s"}\n' "$id" "$event" "$data"
        event='' data=''
        ;;
    esac
  done < <(curl --silent --no-buffer ${last_id:+--header "Last-Event-ID: $last_id"} "$1")
  sleep "$((retry / 1000)).$(printf %03d $((retry % 1000)))"
done
