#!/bin/sh
# The man page and the changelog, as Debian wants them: documents.sh VERSION DIRECTORY
set -e
version=$1
directory=$2

mkdir -p "$directory"
for page in sluice.1 changelog; do
    sed "s/\[\[version\]\]/$version/" "$(dirname "$0")/doc/$page" | gzip -9n >"$directory/$page.gz"
done
