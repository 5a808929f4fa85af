#!/usr/bin/env bash
# Installs the readers and validators that the tests of this folder run: as packages of Debian or
# Ubuntu, which needs root or sudo, and from npm into npm/node_modules. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")"

packages=(
	newsboat rss2email sfeed python3-feedparser # readers
	jing trang libxml2-utils                    # validators: jing, trang, xmllint
	nginx caddy                                 # proxies
	sqlite3                                     # to look into newsboat's cache
)

root=()
[ "$(id -u)" -eq 0 ] || root=(sudo)
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends "${packages[@]}"

npm install --prefix npm --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error
