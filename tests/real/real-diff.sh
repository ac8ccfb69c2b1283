#!/bin/sh
# SPDX-License-Identifier: MIT
# osmodump diff on two snapshots of a program that changes in known ways: exactly those are told.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${OSMODUMP:=$PWD/build/osmodump}"
passed=0 failed=0 skipped=0
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null; rm -rf "$work"' EXIT

# is NAME EXPECTED FILTER: what jq makes of the comparison
is() {
	found=$(jq -r "$3" "$work/diff" | LC_ALL=C sort | tr '\n' ' ')
	if [ "$found" = "$2" ]; then
		passed=$((passed + 1))
		echo "ok: $1"
	else
		failed=$((failed + 1))
		echo "FAIL: $1"
		echo "expected: $2"
		echo "found:    $found"
	fi
}

gcc -D_GNU_SOURCE -std=gnu17 -g -O1 -o "$work/changes" tests/targets/linux/changes.c -pthread -ldl || exit 1
mkfifo "$work/ready"
"$work/changes" >"$work/ready" &
pid=$!
exec 3<"$work/ready"
read -r _ <&3
if ! "$OSMODUMP" snap -q -o "$work/first" "$pid" >"$work/said" 2>&1; then
	tail -1 "$work/said"
	exit 77
fi
sleep 1
kill -USR1 "$pid"
read -r _ <&3
"$OSMODUMP" snap -q --compress zstd -o "$work/second" "$pid" >"$work/said" 2>&1
"$OSMODUMP" snap -q -o "$work/third" "$pid" >"$work/said" 2>&1
kill -9 "$pid"
wait "$pid" 2>/dev/null
pid=

"$OSMODUMP" diff --json "$work/first" "$work/second" >"$work/diff"
is "one process, a second apart or more" "true " 'select(.kind == "comparison") | .same_process and .seconds >= 1'
is "threads" "gone:goes moved:changes moved:spins moved:walks new:comes stuck:stays " \
	'select(.kind == "thread_change") | .change + ":" + .name'
is "where they went" "changes!walks+>changes!walks+ " \
	'select(.kind == "thread_change" and .name == "walks") | (.before | split("0x")[0]) + ">" + (.after | split("0x")[0])'
is "who used the processor" "spins " 'select(.kind == "thread_change" and (.cpu_seconds // 0) > 0.1) | .name'
is "what was mapped" "5242880 " 'select(.kind == "region_change" and .change == "new" and .usage == "other") | .growth'
is "what grew" "true " 'select(.kind == "region_change" and .change == "grown") | .growth > 3000000 and .growth < 3300000 and .rate > 0'
is "modules" "loaded:libm.so.6 " 'select(.kind == "module_change") | .change + ":" + .image'
is "files" "closed:/dev/null opened:/dev/zero " 'select(.kind == "handle_change") | .change + ":" + .name'

"$OSMODUMP" diff --json "$work/second" "$work/third" >"$work/diff"
is "nothing changed: all threads are stuck" "0 0 0 5 " 'select(.kind == "thread_changes") | .gone, .new, .moved, .stuck'
is "and nothing else is told" "" 'select(.kind | test("_change")) | select(.kind | test("thread") | not) | .kind'

"$OSMODUMP" -q --json -c "!diff $work/second" "$work/first" >"$work/diff"
is "!diff puts the earlier one first" "$work/first>$work/second " 'select(.kind == "comparison") | .before + ">" + .after'
"$OSMODUMP" diff --json "$work/first" "$work/second" "$work/third" >"$work/diff"
is "three" "$work/first>$work/second $work/second>$work/third " 'select(.kind == "comparison") | .before + ">" + .after'
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
