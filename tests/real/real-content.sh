#!/bin/sh
# SPDX-License-Identifier: MIT
# What goes into a dump, by --include and --exclude: every class, with every engine.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=$PWD/build/targets}" "${OSMODUMP:=$PWD/build/osmodump}"
bin=$TARGETS/harm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$bin"
gcc -O1 -g -pthread -Wall -Wextra -o "$bin/classes" tests/harm/classes.c || { echo "FAIL: compiling classes"; exit 1; }
sleep 30 &
child=$!
"$OSMODUMP" snap $child -q -o "$work/try.core" >"$work/out" 2>&1
rc=$?
kill $child
if [ $rc != 0 ]; then
	cat "$work/out"
	grep -q 'may not be traced\|ptrace' "$work/out" && { echo "processes may not be traced here"; exit 77; }
	exit 1
fi
python3 tests/harm/classes.py "$OSMODUMP" "$bin/classes" "$work"
rc=$?
python3 tests/harm/still.py "$OSMODUMP"
still=$?
[ $still = 77 ] || [ $still = 0 ] || rc=1
exit $rc
