#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs with a known problem, or none, and what osmodump analyze says of their
# snapshots and cores: tests/subjects. Prints the table of subjects and verdicts.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/real/subjects.sh
cores=1
case $(cat /proc/sys/kernel/core_pattern) in
'|'* | */*) cores=0; echo "skip: cores by the kernel: core_pattern is '$(cat /proc/sys/kernel/core_pattern)'" ;;
esac

build_c() { gcc -D_GNU_SOURCE -g -O1 -o "$work/$1" "tests/subjects/$1.c" -pthread; }
build_c hang && build_c waits && build_c strain && build_c heaps && build_c meets && build_c pairs && build_c hooks &&
	g++ -g -O1 -o "$work/heapful" tests/subjects/heapful.cc &&
	g++ -g -O1 -o "$work/shares" tests/subjects/shares.cc -pthread &&
	g++ -g -O1 -o "$work/dies" tests/targets/linux/dies.cc &&
	gcc -D_GNU_SOURCE -g -O1 -fstack-protector-strong -o "$work/fails" tests/subjects/fails.c &&
	g++ -g -O1 -o "$work/throws" tests/subjects/throws.cc || { echo "FAIL: the subjects do not compile"; exit 1; }

# snap PROGRAM WORD DUMP: of a program that says "ready PID"
take_snap() {
	mkfifo "$work/ready"
	"$work/$1" "$2" >"$work/ready" &
	pid=$!
	read -r _ _ <"$work/ready"
	rm -f "$work/ready"
	"$OSMODUMP" snap -q "$pid" -o "$3" >"$work/log" 2>&1 || cat "$work/log"
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	pid=
}

# The same of the program and its child, together; $dump is then their manifest.
take_set() {
	mkfifo "$work/ready"
	"$work/$1" "$2" >"$work/ready" &
	pid=$!
	read -r _ _ <"$work/ready"
	rm -f "$work/ready"
	mkdir "$3.d"
	"$OSMODUMP" snap -q --set tree "$pid" -o "$3.d" >"$work/log" 2>&1 || cat "$work/log"
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	pid=
	dump=$(echo "$3.d"/*.set.json)
}

# by the kernel; a shell of its own tells nobody that the program died
take_core() {
	mkdir "$work/d"
	# shellcheck disable=SC2016
	sh -c 'cd "$1" && ulimit -c unlimited && "$2" "$3"; :' sh "$work/d" "$work/$1" "$2" >/dev/null 2>&1
	mv "$work/d"/core* "$3"
	rm -rf "$work/d"
}

while read -r subject word how pattern sentence <&3; do
	case $subject in '' | '#'*) continue ;; esac
	[ "$how" != core ] || [ $cores = 1 ] || { skipped=$((skipped + 1)); continue; }
	dump=$work/$subject.$word
	take_"$how" "$subject" "$word" "$dump"
	verify "$subject" "$word" "$pattern" "$dump" "$sentence"
done 3<tests/subjects/expected
# What the Windows programs of tests/targets left, where they were made.
win=${TARGETS:-build/targets}/windows
for bits in 64 32; do
	[ -f "$win/$bits/cs-deadlock-full.dmp" ] && [ -f "$win/$bits/av-full.dmp" ] || { skip "no dumps in $win/$bits"; continue; }
	verify cs-dead "wine $bits" deadlock.lock-cycle "$win/$bits/cs-deadlock-full.dmp" \
		'waits for critical section cs_deadlock!stock .*; thread .* waits for critical section cs_deadlock!orders' "$win/$bits"
	verify av "wine $bits" exception.null-data "$win/$bits/av-full.dmp" 'av!store wrote to a member' "$win/$bits"
done
tell_verdicts analyze
rm -f "$work/hang" "$work/waits" "$work/strain" "$work/heaps" "$work/heapful" "$work/meets" "$work/shares" "$work/pairs" "$work/hooks" "$work/dies" "$work/fails" "$work/throws" "$work/json" "$work/err" \
	"$work/log"
# shellcheck disable=SC2046
check_dumps $(find "$work" -type f | sort)
