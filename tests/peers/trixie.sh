#!/usr/bin/env bash
# Debian trixie with PostgreSQL 17 and TimescaleDB (its Apache edition) in a folder, for tests: trixie.sh FOLDER
# Packages come from where this machine's apt takes Debian's.
set -euo pipefail
folder=$1 part=$1.part log=$1.log

if [ "$(id -u)" != 0 ]; then
  echo "TimescaleDB's tests unpack a Debian of their own in $folder: run \`make test-timescale\` as root" >&2
  exit 2
fi
command -v debootstrap >/dev/null || {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
}
mirror=$(apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' | sed -n '/ Debian$/{s/ .*//p;q}')
proxy=$(apt-config shell proxy Acquire::http::Proxy)
if [ -n "$proxy" ]; then
  eval "$proxy"
  export http_proxy=${http_proxy:-$proxy}
fi
mkdir -p "$(dirname "$folder")"
for once in 1 2; do # a mirror may hiccup
  rm -rf --one-file-system "$part" "$folder"
  if debootstrap --variant=minbase --include=postgresql-17-timescaledb trixie "$part" ${mirror:+"$mirror"} >"$log" 2>&1
  then
    rm -rf "$part"/var/cache/apt/archives/*.deb "$part"/var/lib/postgresql/17
    mv "$part" "$folder"
    touch "$folder/ready"
    exit 0
  fi
done
tail -n 15 "$log" "$part/debootstrap/debootstrap.log" >&2 || true
echo "debootstrap of trixie failed, see $log and above. It needs Debian's packages (from ${mirror:-its default mirror})," \
  "debian-archive-keyring, and the right to chroot and to make devices" >&2
exit 1
