#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what building and testing need: Debian packages, then the parts of tools/pins.toml.
# Does nothing, and needs no network, once everything is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

list=tools/debian-packages.txt
mapfile -t packages < <(grep -Ev '^(#|release |$)' "$list")

# dpkg-query knows no package that was never seen, hence the comparison by name.
installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${packages[@]}" 2>/dev/null |
    awk '$1 == "ii" { print $2 }') || true
missing=$(comm -23 <(printf '%s\n' "${packages[@]}" | sort -u) <(sort -u <<<"$installed"))

if [[ -n $missing ]]; then
    release=$(awk '$1 == "release" { print $2 }' "$list")
    if ! grep -q "VERSION_CODENAME=$release" /etc/os-release; then
        echo "setup: this is not Debian $release; install these yourself: ${missing//$'\n'/ }" >&2
        exit 1
    fi
    as_root=()
    [[ $(id -u) == 0 ]] || as_root=(sudo)
    echo "setup: installing ${missing//$'\n'/ }"
    options=(-o DPkg::Lock::Timeout=500 -o Acquire::Retries=3)
    "${as_root[@]}" apt-get "${options[@]}" -qq update
    # shellcheck disable=SC2086  # one word per package is what is wanted
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" -qq install -y \
        --no-install-recommends $missing >/dev/null
fi

/usr/bin/python3 tools/parts.py fetch
