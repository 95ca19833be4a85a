#!/usr/bin/env bash
# Server-Sent Events with curl. Reconnects, and resumes after the last id.
retry=1000
while :; do
  event='' data=''
  while IFS= read -r line; do
    line=${line%$'\r'}
    case $line in
      'id: '*) id=${line#id: } ;;
      'event: '*) event=${line#event: } ;;
      'data: '*) data=${line#data: } ;;
      'retry: '*) retry=${line#retry: } ;;
      '')
        data=${data//\\/\\\\} # so that it can stand in a JSON text
        [ -z "$data" ] || printf '{"id":"%s","event":"%s","data":"%s"}\n' "$id" "$event" "${data//\"/\\\"}"
        event='' data=''
        ;;
    esac
  done < <(curl --silent --no-buffer ${id:+--header "Last-Event-ID: $id"} "$1")
  sleep "$((retry / 1000)).$(printf %03d $((retry % 1000)))"
done
