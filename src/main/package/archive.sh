#!/bin/sh
# Makes an archive of the classes that a node loads until its first event, so that later ones start faster:
# archive.sh JAVA JAR ARCHIVE. It is of this very Java and jar, and ignored with others.
set -e
java=$1
jar=$2
archive=$3

log=$(mktemp)
"$java" -XX:ArchiveClassesAtExit="$archive" -jar "$jar" run -conf '{
  "http": { "host": "127.0.0.1", "port": 0 },
  "admin": { "port": 0 },
  "streams": { "events": { "addresses": ["ticks"], "lifetime": "2s" } },
  "producers": [ { "verticle": "io.sluice.node.TickProducer", "config": { "address": "ticks", "period": "1s", "message": "Hello" } } ]
}' >"$log" 2>&1 &
node=$!
trap 'kill "$node" 2>/dev/null || :; rm -f "$log"' EXIT

waited=0
until grep -q 'listens on http://' "$log"; do
    waited=$((waited + 1))
    if [ "$waited" -gt 300 ] || ! kill -0 "$node" 2>/dev/null; then
        cat "$log" >&2
        exit 1
    fi
    sleep 0.1
done
url=$(sed -n 's|.*listens on \(http://[^ ]*/\).*|\1|p' "$log")
event=$("$java" -jar "$jar" tail "${url}events" | head -n 1)
[ -n "$event" ]
kill "$node"
wait "$node" || [ $? -eq 143 ]
