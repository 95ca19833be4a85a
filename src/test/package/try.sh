#!/bin/bash
# Tries the Debian package in a clean Debian of its own: sh src/test/package/try.sh, as root, after mvn -Ppackage package -DskipTests.
# It needs debootstrap; lintian and systemd-analyze are asked if they are there. Some minutes, and 700 MB in a temporary directory.
set -euo pipefail
cd "$(dirname "$0")/../../.."
package=$(ls target/sluice_*_all.deb)
root=$(mktemp -d)
chmod 755 "$root"
node=
cleanup() {
  [ -z "$node" ] || kill "$node" 2>/dev/null || true
  umount "$root/proc" 2>/dev/null || true
  rm -rf "$root"
}
trap cleanup EXIT

if command -v lintian >/dev/null; then
  echo "== lintian"
  lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$package"
fi
if command -v systemd-analyze >/dev/null; then
  echo "== the unit"
  systemd-analyze security --offline=true --no-pager src/main/package/systemd/sluice.service | tail -1
fi

echo "== a clean Debian"
debootstrap --variant=minbase --include=default-jre-headless,adduser,init-system-helpers,curl,man-db stable "$root" >/dev/null
mount -t proc proc "$root/proc"
cp "$package" "$root/sluice.deb"
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"; }

echo "== install"
inside dpkg -i /sluice.deb
inside id sluice
inside sluice --version
inside sluice check -conf /etc/sluice/node.json
inside man -w sluice

echo "== the service's command, as its user"
chroot --userspec=sluice:sluice "$root" /bin/sh -c \
  '. /etc/default/sluice; exec /usr/bin/sluice run -conf /etc/sluice/node.json ${SLUICE_ARGS:-}' &
node=$!
for _ in $(seq 60); do
  ! curl -sf http://127.0.0.1:8080/health/ready >/dev/null || break
  sleep 0.5
done
curl -sf http://127.0.0.1:8080/health/ready
echo
kill -TERM "$node"
status=0
wait "$node" || status=$?
node=
[ "$status" -eq 143 ] || { echo "ended with $status: expected 143" >&2; exit 1; }

echo "== purge"
inside dpkg -P sluice
[ ! -e "$root/etc/sluice" ] && [ ! -e "$root/usr/share/sluice" ]
! inside id sluice 2>/dev/null
echo "all is well"
