#!/bin/sh
# SPDX-License-Identifier: MIT
# Our dumps in other readers' hands: gdb, eu-readelf, eu-stack, drgn, lldb, beside what they
# say of the very process. OSMOSIS_LONG: all of them on all dumps.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=$PWD/build/targets}" "${OSMODUMP:=$PWD/build/osmodump}"
bin=$TARGETS/peers
rm -rf "$bin"
mkdir -p "$bin" || exit 1
build() { # build NAME FLAG...
	name=$1
	shift
	gcc "$@" -Wall -Wextra -Wno-unused-parameter -O1 -g -pthread -o "$bin/$name" tests/harm/peers.c
}
build pie || { echo "FAIL: compiling peers"; exit 1; }
build nopie -no-pie -fno-pie && build static -static && build stripped -s || exit 1
build i386-static -m32 -idirafter /usr/include/x86_64-linux-gnu -static 2>/dev/null || rm -f "$bin/i386-static"
build i386 -m32 -idirafter /usr/include/x86_64-linux-gnu 2>/dev/null || rm -f "$bin/i386"

sleep 60 &
child=$!
"$OSMODUMP" snap $child -q -o "$bin/try.core" >"$bin/out" 2>&1
rc=$?
kill $child
if [ $rc != 0 ]; then
	cat "$bin/out"
	grep -q 'may not be traced\|ptrace' "$bin/out" && { echo "processes may not be traced here"; exit 77; }
	exit 1
fi
python3 tests/real/peers.py "$OSMODUMP" "$bin" "$@"
