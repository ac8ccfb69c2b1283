#!/bin/sh
# SPDX-License-Identifier: MIT
# Snapshots of processes with unusual traits (tests/harm/zoo*.c), and of ordinary ones on bad
# days. Is the dump right, or refused with a reason, and is the process left alone?
# OSMOSIS_LONG: more rounds.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=$PWD/build/targets}" "${OSMODUMP:=$PWD/build/osmodump}"
bin=$TARGETS/zoo
mkdir -p "$bin" || exit 1
status=0

build() { # build NAME FLAG...
	name=$1
	shift
	gcc "$@" -Wall -Wextra -Wno-unused-parameter -O1 -g -pthread -o "$bin/$name" tests/harm/zoo.c tests/harm/zoo_memory.c \
		tests/harm/zoo_tasks.c
}
build zoo || { echo "FAIL: compiling the zoo"; exit 1; }
build zoo32 -m32 -idirafter /usr/include/x86_64-linux-gnu -static 2>/dev/null || rm -f "$bin/zoo32"

python3 tests/harm/zoo.py "$OSMODUMP" "$bin" "$@" || status=1
exit $status
