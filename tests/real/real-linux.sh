#!/bin/sh
# SPDX-License-Identifier: MIT
# Real Linux cores: the same stacks as gdb, thread by thread. See
# tests/targets/make for what is dumped and how.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=build/targets}" "${OSMODUMP:=build/osmodump}"
passed=0 failed=0 skipped=0 threads=0 frames=0 names=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

tests/targets/make linux >"$out" 2>&1 || { cat "$out"; failed=$((failed + 1)); echo "FAIL: making the cores"; }
grep '^skip: ' "$out" && skipped=$((skipped + 1))
for core in "$TARGETS"/linux/cores/*; do
	name=$(basename "$core")
	exe=$TARGETS/linux/bin/${name%.*}
	if python3 tests/real/compare-gdb.py "$OSMODUMP" "$exe" "$core" >"$out" 2>&1; then
		echo "ok: $name: $(tail -1 "$out")"
		passed=$((passed + 1))
	else
		echo "FAIL: $name"
		head -20 "$out"
		failed=$((failed + 1))
	fi
	# shellcheck disable=SC2046
	set -- $(sed -n 's/^facts \([0-9]*\) \([0-9]*\) \([0-9]*\) .*/\1 \2 \3/p' "$out")
	threads=$((threads + ${1:-0})) frames=$((frames + ${2:-0})) names=$((names + ${3:-0}))
done
echo "figure: beside gdb: $((passed + failed)) cores, $threads threads, $frames frames, $names names compared; $failed cores differ"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
