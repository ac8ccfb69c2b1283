#!/bin/sh
# SPDX-License-Identifier: MIT
# A stranger's program, built with what pkg-config says of the installed library,
# sees the same crash as the program that dumped its core.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > crash.c <<'END'
struct point { int x; long y; } global = { 1, 2 };
static int inner(int *p) { return *p; }
int outer(int *p) { return inner(p) + 1; }
int main(void) { return outer((int *)0); }
END
cc -g -O0 -o crash crash.c
gdb -q -batch -ex run -ex 'generate-core-file core.crash' ./crash > gdb.log 2>&1
[ -s core.crash ] || { cat gdb.log; echo "no core was made"; exit 1; }

# shellcheck disable=SC2046
cc -std=c11 -Wall -Wextra -Werror -o example "$here/../../examples/open-dump.c" $(pkg-config --cflags --libs osmosis)
./example core.crash crash!global crash!point > out
cat out
for want in "elfcore Linux x64" "module crash " "event in inner" "frame 1 crash!outer" "frame 2 crash!main" \
	"symbol crash!global at 0x" "member +0x8 y" "type crash!point of 16 bytes" '"kind":"value"' \
	'"kind":"frame"'; do
	grep -qF -- "$want" out || { echo "missing: $want"; exit 1; }
done

# what cannot be opened is an error with the file's name, not a crash
if ./example crash.c 2> err; then echo "a source file was opened as a dump"; exit 1; fi
grep -q "crash.c" err

# only the names of include/osmosis are visible
lib=$(find "$prefix" -name 'libosmosis.so' | head -1)
if nm -D --defined-only "$lib" | awk '{ print $3 }' | grep -vE '^(osm_|OSMOSIS_)'; then
	echo "names that are not part of the API are visible"
	exit 1
fi
