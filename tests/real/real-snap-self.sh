#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that takes snapshots of itself through the library: is it none the worse for it?
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=$PWD/build/targets}" "${OSMODUMP:=$PWD/build/osmodump}"
passed=0 failed=0
work=$(mktemp -d) bin=$TARGETS/harm lib=$(cd "$(dirname "$OSMODUMP")" && pwd)
trap 'rm -rf "$work"' EXIT
mkdir -p "$bin"
n=${OSMOSIS_LONG:+5000}
n=${n:-50}
verdict() { if [ "$1" = 0 ]; then passed=$((passed + 1)); echo "ok: $2"; else failed=$((failed + 1)); echo "FAIL: $2"; fi; }

gcc -O1 -g -pthread -Iinclude -o "$bin/self" tests/harm/self.c -L"$lib" -losmosis -Wl,--enable-new-dtags,-rpath,"$lib"
verdict $? "compiling self"
"$bin/self" "$n" >"$work/said" 2>&1
rc=$?
tail -1 "$work/said"
if [ $rc != 0 ] && grep -q 'may not be traced' "$work/said"; then echo "processes may not be traced here"; exit 77; fi
[ $rc = 0 ] && [ "$(tail -1 "$work/said")" = steady ]
verdict $? "nothing noticed of $n snapshots of itself"

# Without privileges; the library has to be where anybody may read it.
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$work" && cp "$bin/self" "$lib/libosmosis.so.0" "$work" && chmod 755 "$work"/*
	LD_LIBRARY_PATH=$work setpriv --reuid 65534 --regid 65534 --clear-groups "$work/self" 5 >"$work/said" 2>&1
	rc=$?
	tail -1 "$work/said"
	[ $rc = 0 ] && [ "$(tail -1 "$work/said")" = steady ]
	verdict $? "nor without privileges"
fi
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
