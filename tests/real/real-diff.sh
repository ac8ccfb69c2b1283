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
is "blocks that were leaked" "1008:3072:may leak " \
	'select(.kind == "heap_class_change" and .may_leak) | "\(.size):\(.after - .before):\(.may_leak)"'
is "heaps" "true " 'select(.kind == "heap_change" and .heap == "glibc arena" and .growth > 3000000) | .growth < 3300000 and .rate > 0 and .hourly > .rate'
is "modules" "loaded:libm.so.6 " 'select(.kind == "module_change") | .change + ":" + .image'
is "files" "closed:/dev/null opened:/dev/zero " 'select(.kind == "handle_change") | .change + ":" + .name'

"$OSMODUMP" diff --json "$work/second" "$work/third" >"$work/diff"
is "nothing changed: all threads are stuck" "0 0 0 5 " 'select(.kind == "thread_changes") | .gone, .new, .moved, .stuck'
is "and nothing else is told" "" 'select(.kind | test("_change$")) | select(.kind | test("thread") | not) | .kind'

"$OSMODUMP" -q --json -c "!diff $work/second" "$work/first" >"$work/diff"
is "!diff puts the earlier one first" "$work/first>$work/second " 'select(.kind == "comparison") | .before + ">" + .after'
"$OSMODUMP" diff --json "$work/first" "$work/second" "$work/third" >"$work/diff"
is "three" "$work/first>$work/second $work/second>$work/third " 'select(.kind == "comparison") | .before + ">" + .after'

# Four snapshots of a program of which some grows and some does not.
gcc -D_GNU_SOURCE -std=gnu17 -g -O1 -o "$work/grows" tests/targets/linux/grows.c -pthread || exit 1
"$work/grows" >"$work/ready" &
pid=$!
exec 4<"$work/ready"
read -r _ <&4
for i in 1 2 3 4; do
	"$OSMODUMP" snap -q -o "$work/grown$i" "$pid" >"$work/said" 2>&1
	[ $i = 4 ] || { kill -USR1 "$pid"; read -r _ <&4; }
done
kill -9 "$pid"
wait "$pid" 2>/dev/null
pid=
"$OSMODUMP" diff --json "$work"/grown[1234] >"$work/diff"
is "what grows over four" "3008:grows steadily:may leak 5008:up and down:null 7008:grows in steps:may leak " \
	'select(.kind == "trend" and .what == "heap blocks of a size" and (.size % 1000 == 8)) | "\(.size):\(.trend):\(.may_leak)"'
is "how much" "500,1000,1500,2000 " 'select(.kind == "trend" and .size == 3008) | [.values[] / 3008] | map(tostring) | join(",")'
is "files over four" "device:grows steadily:1,2,3 " 'select(.kind == "trend" and .what == "handles" and .may_leak) | .values as $v |
	"\(.name):\(.trend):\([$v[1:][] - $v[0]] | map(. / 20 | tostring) | join(","))"'
is "the lock that is never given up" "stuck:holds:2,2,2,2 " \
	'select(.kind == "stuck_lock") | .name + ":" + "holds:" + ([.waiters[] | tostring] | join(",")) | sub("^.*stuck"; "stuck")'
is "locks from one to the next" "owner:passed owner:passed owner:passed stuck:stuck stuck:stuck stuck:stuck " \
	'select(.kind == "lock_change") | .change + ":" + (.name // "" | sub(".*!"; ""))'

# Another start of the program is another process, whatever its id.
"$work/grows" >"$work/ready" &
pid=$!
exec 5<"$work/ready"
read -r _ <&5
"$OSMODUMP" snap -q -o "$work/other" "$pid" >"$work/said" 2>&1
kill -9 "$pid"
wait "$pid" 2>/dev/null
pid=
"$OSMODUMP" diff --json "$work/grown1" "$work/other" >"$work/diff"
is "another process" "false " 'select(.kind == "comparison") | .same_process'
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
