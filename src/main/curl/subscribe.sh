#!/usr/bin/env bash
# Prints a stream, and goes on after the last event where the connection breaks: subscribe.sh [URL]
last_id='' retry=2000 over=''
until [ -n "$over" ]; do
  id=$last_id event='' data=''
  while IFS= read -r line; do
    case $line in
      'id: '*) id=${line#id: } ;;
      'retry: '*) retry=${line#retry: } ;;
      'event: '*) event=${line#event: } ;;
      'data: '*) data=${line#data: } ;; # of one line, as JSON mostly is
      '')
        last_id=$id # only now: a block that was cut off does not count
        case $event$data in
          'close{}') over=yes ;;
          'gap{'*) echo "Gap: $data" ;;
          '{'*) sed -E 's/.*"message": ?"([^"]*)".*"timestamp": ?"([^"]*)".*/Message: \1 at \2/' <<<"$data" ;;
        esac
        event='' data=''
        ;;
    esac
  done < <(curl --silent --show-error --fail --no-buffer --speed-limit 1 --speed-time 60 --header "Last-Event-ID: $last_id" "${1:-http://localhost:8080/events}")
  [ -n "$over" ] || sleep "$((retry / 1000)).$(printf %03d $((retry % 1000)))"
done
