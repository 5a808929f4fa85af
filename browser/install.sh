#!/usr/bin/env bash
# Installs what the tests of this folder need: a browser and type for Chinese and Arabic as packages of
# Debian or Ubuntu, which needs root or sudo, and axe from npm into npm/node_modules. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")"

root=()
[ "$(id -u)" -eq 0 ] || root=(sudo)
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-noto-cjk

npm install --prefix npm --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error
