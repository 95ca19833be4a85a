#!/bin/sh
# Makes a Java that has what a node needs and no more, with the archive of archive.sh: runtime.sh JAVA_HOME JAR DIRECTORY
set -e
home=$1
jar=$2
runtime=$3
modules=$(sed '/^#/d' "$(dirname "$0")/modules" | tr '\n' ',' | sed 's/,$//')

rm -rf "$runtime"
"$home/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --output "$runtime"
"$runtime/bin/java" -Xshare:dump >/dev/null
sh "$(dirname "$0")/archive.sh" "$runtime/bin/java" "$jar" "$runtime/sluice.jsa"
