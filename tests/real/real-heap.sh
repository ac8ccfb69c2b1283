#!/bin/sh
# SPDX-License-Identifier: MIT
# Heaps of real programs: what they say of their own blocks against what !heap says.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=$PWD/build/targets}" "${OSMODUMP:=$PWD/build/osmodump}"
exec python3 tests/real/real-heap.py "$OSMODUMP" "$TARGETS/heap"
