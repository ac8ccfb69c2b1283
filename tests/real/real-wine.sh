#!/bin/sh
# SPDX-License-Identifier: MIT
# Windows programs of our own (and one that is not) run under Wine, dumped, read back.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=$PWD/build/targets}" "${OSMODUMP:=$PWD/build/osmodump}"
passed=0 failed=0 skipped=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for bits in 64 32; do
	what=windows
	[ $bits = 32 ] && what=windows32
	tests/targets/make $what >"$out" 2>&1 || { cat "$out"; failed=$((failed + 1)); echo "FAIL: making the dumps, $bits bit"; }
	skipped=$((skipped + $(grep -c '^skip: ' "$out")))
	grep '^skip: ' "$out"
	[ -f "$TARGETS/windows/$bits/av-full.dmp" ] || continue
	python3 tests/real/check-wine.py "$OSMODUMP" "$TARGETS/windows/$bits" >"$out" 2>&1
	cat "$out"
	# shellcheck disable=SC2046
	set -- $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, .*/\1 \2/p' "$out") 0 1
	passed=$((passed + $1)) failed=$((failed + $2))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
