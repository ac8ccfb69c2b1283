#!/bin/sh
# SPDX-License-Identifier: MIT
# osmodump strip on dumps of real programs: the same stacks, and nothing of what was planted.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=$PWD/build/targets}" "${OSMODUMP:=$PWD/build/osmodump}"
passed=0 failed=0 skipped=0 dumps=0
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null; rm -rf "$work"' EXIT
verdict() { if [ "$1" = 0 ]; then passed=$((passed + 1)); echo "ok: $2"; else failed=$((failed + 1)); echo "FAIL: $2"; fi; }
skip() { skipped=$((skipped + 1)); echo "skip: $1"; }

# Places at which something planted is found, in bytes or in UTF-16.
places() {
	{
		grep -aoE 'PLANTED-[a-z]+' "$1"
		tr -d '\000' <"$1" | grep -aoE 'PLANTED-[a-z]+'
	} | sort -u | tr '\n' ' '
}

# same DUMP NAME: stripped, the stacks of all threads are what they were.
same() {
	rm -f "$work/out"
	"$OSMODUMP" strip -q "$1" "$work/out" >"$work/said" 2>&1
	rc=$?
	dumps=$((dumps + 1))
	for f in "$1" "$work/out"; do
		"$OSMODUMP" -q -c '~*k' "$f" >"$work/$(basename "$f").k" 2>/dev/null
	done
	# Wine dumps a process that dumps itself without its thread's registers.
	if ! grep -q 'RetAddr\|registers of thread .*: no such record' "$work/out.k"; then rc=1; fi
	[ $rc = 0 ] && [ "$(stat -c %a "$work/out")" = 600 ] &&
		cmp "$work/$(basename "$1").k" "$work/out.k" && "$OSMODUMP" info "$work/out" | grep -q '^Stripped:'
	rc=$?
	[ $rc = 0 ] || head -5 "$work/said"
	verdict $rc "$2: the same stacks"
}

# gone DUMP NAME: and nothing that was planted is in it any more.
gone() {
	same "$1" "$2"
	before=$(places "$1") after=$(places "$work/out")
	echo "planted in $2: ${before:-nothing}; left: ${after:-nothing}"
	[ -n "$before" ] && [ -z "$after" ]
	verdict $? "$2: nothing planted is left"
}

linux() {
	mode=-m64
	[ "$1" = i386 ] && mode=-m32
	gcc -D_GNU_SOURCE -std=gnu17 $mode -g -O1 -o "$work/secrets" tests/targets/linux/secrets.c -pthread 2>"$work/said" ||
		{ skip "secrets for $1: gcc $mode does not work here"; return; }
	mkfifo "$work/ready"
	SECRET=PLANTED-environment-4711 "$work/secrets" PLANTED-argument-4711 >"$work/ready" &
	pid=$!
	read -r _ _ <"$work/ready"
	rm "$work/ready"
	if "$OSMODUMP" snap -q --all-memory --environment -o "$work/snap" "$pid" >"$work/said" 2>&1; then
		gone "$work/snap" "$1, snapshot"
		gdb -batch -ex 'thread apply all bt' "$work/secrets" "$work/out" 2>/dev/null >"$work/bt"; [ "$(grep -c '^#.* deep (' "$work/bt")" -ge 12 ]
		verdict $? "$1, snapshot: gdb shows its stacks"
		"$OSMODUMP" snap -q --mini --compress zstd -o "$work/mini.zst" "$pid" >"$work/said" 2>&1
		same "$work/mini.zst" "$1, small compressed snapshot"
		"$OSMODUMP" strip -q "$work/snap" "$work/out.zst" >"$work/said" 2>&1 &&
			[ -z "$(zstd -qdc "$work/out.zst" | grep -aoE 'PLANTED-[a-z]+')" ] && [ "$(head -c 4 "$work/out.zst" | od -An -tx1)" = ' 28 b5 2f fd' ]
		verdict $? "$1, stripped into a compressed file"
	else
		skip "$1, snapshot: $(tail -1 "$work/said")"
	fi
	if gcore -o "$work/gcore" "$pid" >"$work/said" 2>&1; then
		gone "$work/gcore.$pid" "$1, gcore"
	else
		skip "$1, gcore: $(tail -1 "$work/said")"
	fi
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	pid=
	rm -rf "${work:?}"/*
}

linux x64
linux i386
tests/targets/make linux >"$work/said" 2>&1
for core in "$TARGETS"/linux/cores/*; do
	[ -f "$core" ] && same "$core" "$(basename "$core")"
done
for bits in 64 32; do
	what=windows
	[ $bits = 32 ] && what=windows32
	tests/targets/make $what >"$work/said" 2>&1
	grep '^skip: ' "$work/said" && skipped=$((skipped + 1))
	for dump in "$TARGETS/windows/$bits"/*.dmp; do
		[ -f "$dump" ] || continue
		case $dump in
		*/secrets-*) gone "$dump" "$bits bit, $(basename "$dump")" ;;
		*) same "$dump" "$bits bit, $(basename "$dump")" ;;
		esac
	done
done
echo "figure: stripped: $dumps dumps of real programs, $failed checks failed"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
