#!/usr/bin/env bash
# Sets a machine up for `make run` (argument run) or `make test` (argument dev): Debian packages, then a
# virtual environment from the hash-locked list. Does nothing that is done already.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:?run or dev}

say() { printf '\033[1m%s\033[0m\n' "$*"; }

run_packages=(python3-venv libgl1 libegl1 libxkbcommon0 libdbus-1-3 libglib2.0-0 libfontconfig1 fonts-noto-cjk
  libzbar0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0)
dev_packages=(postgresql binutils chromium chromium-driver dbus-daemon)

install_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null; then as=(sudo); else
      say "These Debian packages are missing and this user may not install them. Ask an administrator to run:"
      echo "  apt-get install ${missing[*]}"
      exit 1
    fi
  fi
  say "Installing Debian packages: ${missing[*]}"
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  # No cluster is wanted: the tests start PostgreSQL by themselves, as a user of their own.
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
  packages=("${run_packages[@]}")
  [ "$what" = run ] || packages+=("${dev_packages[@]}")
  install_packages "${packages[@]}"
else
  say "Not a Debian system: please see README.md for the libraries that are needed."
fi

python=""
for candidate in python3.11 python3.12 python3.13 python3; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || { say "Python 3.11 or newer is needed."; exit 1; }

[ -x .venv/bin/python ] || { say "Making the virtual environment .venv"; "$python" -m venv .venv; }
say "Installing the locked Python packages (requirements/$what.txt)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "requirements/$what.txt"
sha256sum scripts/setup.sh "requirements/$what.txt" > ".venv/ready-$what"
