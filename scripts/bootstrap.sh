#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Behind `npm run demo | test | check | bench | build:ffmpeg`: brings what this machine lacks, then runs the thing.
# What is brought goes into EARSHOT_CACHE_DIR (default: .cache in the clone) and is reused by the next run.
set -eu
ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/node.sh"
[ $# -ge 1 ] || fail 'nothing to do' 'npm run demo, npm test, npm run check, npm run bench or npm run build:ffmpeg' 2
WHAT=$1
shift
cd "$ROOT"

if [ "$WHAT" = build-ffmpeg ]; then
  exec sh inference-service/ffmpeg/build.sh "$EARSHOT_CACHE_DIR/ffmpeg/$(cat inference-service/ffmpeg/VERSION)"
fi
# jsdom, used by the tests, wants 24.15.
case $WHAT in
  test | check) find_node 24 15 ;;
  *) find_node 22 18 ;;
esac
install_packages
run() { exec "$NODE" --disable-warning=ExperimentalWarning "$@"; }

case $WHAT in
  demo)
    "$NODE" --disable-warning=ExperimentalWarning scripts/prepare.ts demo || exit $?
    run e2e/demo/main.ts "$@"
    ;;
  test)
    "$NODE" --disable-warning=ExperimentalWarning scripts/prepare.ts test || exit $?
    run scripts/test.ts "$@"
    ;;
  check) run scripts/check.ts "$@" ;;
  bench)
    # A device is measured without decoder and servers, also where nothing but packages can be had.
    [ "${1:-}" = device ] || "$NODE" --disable-warning=ExperimentalWarning scripts/prepare.ts test || exit $?
    run scripts/bench.ts "$@"
    ;;
  *) fail "unknown: $WHAT" 'npm run demo, npm test, npm run check, npm run bench or npm run build:ffmpeg' 2 ;;
esac
