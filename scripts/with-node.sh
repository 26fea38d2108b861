#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh with-node.sh FILE.ts ARGS…   runs a source file under a fitting Node, packages installed.
set -eu
ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/node.sh"
find_node 22 18
install_packages
exec "$NODE" --disable-warning=ExperimentalWarning "$@"
