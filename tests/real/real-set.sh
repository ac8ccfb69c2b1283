#!/bin/sh
# SPDX-License-Identifier: MIT
# Snapshots of sets of processes: are all dumps of one instant, is everybody in
# it, and is none of them the worse for it, whatever happens to us?
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=$PWD/build/targets}" "${OSMODUMP:=$PWD/build/osmodump}"
passed=0 failed=0 skipped=0
work=$(mktemp -d) bin=$TARGETS/harm
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
mkdir -p "$bin"
short=${OSMOSIS_LONG:+no}
rounds() { if [ -n "$short" ]; then echo "$2"; else echo "$1"; fi; } # rounds SHORT LONG

pass() { passed=$((passed + 1)); echo "ok: $1"; }
fail() { failed=$((failed + 1)); echo "FAIL: $1"; }
skip() { skipped=$((skipped + 1)); echo "skip: $1"; }
verdict() { if [ "$1" = 0 ]; then pass "$2"; else fail "$2"; fi; }
. tests/real/gdb.sh
snap() { "$OSMODUMP" snap "$@"; }

for p in steady pivot_set alarmed; do
	gcc -O1 -g -pthread -o "$bin/$p" tests/harm/$p.c || fail "compiling $p"
done

sleep 60 &
if ! snap $! -o "$work/try.core" >"$work/out" 2>&1; then
	cat "$work/out"
	grep -q 'may not be traced\|ptrace' "$work/out" && { echo "processes may not be traced here"; exit 77; }
	fail "a first snapshot"
fi

# ---- one instant over all of them -------------------------------------------------
# pivot WHAT IT PROVES, then arguments of pivot_set.py
pivot() {
	what=$1
	shift
	python3 tests/harm/pivot_set.py "$OSMODUMP" "$bin/pivot_set" "$@" >"$work/out" 2>&1
	rc=$?
	cat "$work/out"
	if [ $rc = 77 ]; then skip "$what: $(tail -1 "$work/out")"; else verdict $rc "$what"; fi
}
pivot "a tree: counters of all processes are in step" tree "$(rounds 20 500)"
pivot "the same while children are forked all the time" tree "$(rounds 20 500)" --churn
pivot "a list" list "$(rounds 10 200)"
pivot "a cgroup" cgroup "$(rounds 10 200)"
pivot "a process outside of the cgroup that shares its memory is noticed" cgroup "$(rounds 3 50)" --churn
pivot "engine stop" tree "$(rounds 5 50)" --engine stop
pivot "engine precopy" tree "$(rounds 20 500)" --engine precopy
pivot "engine precopy while children are forked all the time" tree "$(rounds 20 500)" --engine precopy --churn
pivot "engine precopy of a list" list "$(rounds 10 200)" --engine precopy
pivot "engine precopy of a cgroup" cgroup "$(rounds 10 200)" --engine precopy
pivot "engine membrane" tree "$(rounds 20 500)" --engine membrane
pivot "engine membrane while children are forked all the time" tree "$(rounds 20 500)" --engine membrane --churn
pivot "engine membrane of a list" list "$(rounds 10 200)" --engine membrane
pivot "engine membrane: a process outside of the cgroup is noticed" cgroup "$(rounds 3 50)" --engine membrane --churn
pivot "one after the other is found out" apart "$(rounds 5 20)"

# ---- no harm ------------------------------------------------------------------------
# start N [forgive]: steady programs in the background; $pids, parted by commas
start() {
	pids=
	for i in $(seq "$1"); do
		"$bin/steady" ${2:-} >"$work/said$i" 2>&1 &
		pids=$pids${pids:+,}$!
	done
	for i in $(seq "$1"); do
		for _ in $(seq 100); do
			grep -q ready "$work/said$i" 2>/dev/null && break
			sleep 0.05
		done
	done
}
# What they say of themselves at the end.
finish() {
	rc=0 i=0
	for p in $(echo "$pids" | tr , ' '); do
		i=$((i + 1))
		kill -TERM "$p" 2>/dev/null
		wait "$p" || rc=1
		[ "$(tail -1 "$work/said$i")" = steady ] || { tail -1 "$work/said$i"; rc=1; }
	done
	return $rc
}
# Clones that are left, by their exit signal: the programs have children of their own, which are zombies for a moment.
clones() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v p=",$pids," '{ sub(/.*[)] /, ""); n += index(p, "," $2 ",") && $36 == 0 } END { print n + 0 }'
}
mappings() { for p in $(echo "$pids" | tr , ' '); do cat "/proc/$p/maps"; done | wc -l; }

start 3
maps=$(mappings) n=$(rounds 20 2000) all=0
for i in $(seq "$n"); do
	engine=clone
	[ $((i % 4)) = 0 ] && engine=precopy
	rm -rf "$work/set"; mkdir "$work/set"
	snap --set "$pids" --engine $engine -o "$work/set" -q >"$work/out" 2>&1 && all=$((all + 1)) || cat "$work/out"
done
[ $all = "$n" ]
verdict $? "$n snapshots of a set of three"
[ "$(clones)" = 0 ]
verdict $? "no clone or zombie of one is left"
[ "$(mappings)" -le $((maps + 6)) ]
verdict $? "no mapping is left"
finish
verdict $? "nothing was noticed of them"

# The second one waits for the first one's copies, but is not held meanwhile. A busy machine gets three tries.
for _ in 1 2 3; do
	"$bin/alarmed" 600 >"$work/said1" &
	first=$!
	"$bin/alarmed" 1 >"$work/said2" &
	second=$!
	until grep -q ready "$work/said1" && grep -q ready "$work/said2"; do sleep 0.05; done
	rm -rf "$work/set"; mkdir "$work/set"
	snap --set $first,$second --engine precopy --mini -o "$work/set" -q >"$work/out" 2>&1 || cat "$work/out"
	kill -TERM $first $second
	wait $first $second
	gap=$(sed -n 's/^longest gap \([0-9]*\) ms.*/\1/p' "$work/said1" "$work/said2" | sort -n | tail -1)
	[ "${gap:-999}" -lt 150 ] && break
done
[ "${gap:-999}" -lt 150 ]
verdict $? "engine precopy: signals hold no member up while another is copied (longest gap $gap ms)"

# ---- our death -------------------------------------------------------------------------
for phase in seized stopped 'registers read' cloned 'clone held' copied resumed 'clone ready' 'clone killed'; do
	start 2
	rm -rf "$work/died"; mkdir "$work/died"
	OSMOSIS_DIE_AT=$phase snap --set "$pids" -o "$work/died" >/dev/null 2>&1
	[ $? = 137 ] || fail "did not die at '$phase'"
	sleep 0.1
	rm -rf "$work/set"; mkdir "$work/set"
	snap --set "$pids" -o "$work/set" >/dev/null 2>&1 || fail "no snapshot after a death at '$phase'"
	finish
	verdict $? "our death at '$phase' is not noticed"
done
# dies ENGINE PHASE
dies() {
	start 2
	rm -rf "$work/died"; mkdir "$work/died"
	OSMOSIS_DIE_AT=$2 snap --set "$pids" --engine "$1" -o "$work/died" >"$work/out" 2>&1
	if [ $? != 137 ]; then
		grep 'this kernel' "$work/out" || fail "did not die at '$2' of $1"
	fi
	sleep 0.1
	rm -rf "$work/set"; mkdir "$work/set"
	snap --set "$pids" -o "$work/set" >/dev/null 2>&1 || fail "no snapshot after a death at '$2' of $1"
	finish
	verdict $? "our death at '$2' of $1 is not noticed"
}
for phase in tracking 'copied ahead' stopped 'registers read' copied resumed; do dies precopy "$phase"; done
for phase in 'files copied' stopped 'registers read' protected copied resumed saved lifted; do dies membrane "$phase"; done
start 2 forgive
for i in $(seq "$(rounds 30 300)"); do
	engine=clone
	[ $((i % 3)) = 0 ] && engine=precopy
	[ $((i % 3)) = 1 ] && engine=membrane
	rm -rf "$work/died"; mkdir "$work/died"
	timeout -s KILL "0.0$((i * 7 % 90 + 5))" "$OSMODUMP" snap --set "$pids" --engine $engine -o "$work/died" >/dev/null 2>&1
	for m in "$work"/died/*.set.json; do
		[ -e "$m" ] || continue
		[ "$(ls "$work"/died/*.core 2>/dev/null | wc -l)" = 2 ] || fail "a manifest without its dumps"
	done
done
finish
verdict $? "our death at random instants is not noticed"

# ---- one memory, two processes --------------------------------------------------------------
cat >"$work/vm.c" <<'END'
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static volatile unsigned long a, b;
static char stack[65536];
static int child(void *arg)
{
	for (;;) {
		a++;
		b++;
	}
}
int main(void)
{
	clone(child, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
END
gcc -w -g -O0 -o "$work/vm" "$work/vm.c"
"$work/vm" >"$work/said" &
vm=$!
until grep -q ready "$work/said"; do sleep 0.05; done
for engine in precopy membrane; do
good=0 n=$(rounds 3 50)
for i in $(seq "$n"); do
	rm -rf "$work/set"; mkdir "$work/set"
	snap --set tree $vm --engine $engine -o "$work/set" >"$work/out" 2>&1 || cat "$work/out"
	for core in "$work"/set/*.core; do
		gdb -q -batch -nx -ex 'p a' -ex 'p b' "$work/vm" "$core" 2>/dev/null | sed -n 's/^\$.* = //p'
	done >"$work/values"
	# the same a twice, the same b twice, and b is a or the one before it
	awk '{ v[NR] = $1 } END { exit NR != 4 || v[1] != v[3] || v[2] != v[4] || v[1] - v[2] > 1 || v[2] > v[1] || !v[2] }' \
		"$work/values" && good=$((good + 1)) || cat "$work/values" "$work/out"
done
[ $good = "$n" ] || grep 'this kernel' "$work/out"
verdict $? "engine $engine: a process that runs in the memory of another shows the same memory"
done
kill $(ps -o pid= --ppid $vm) $vm 2>/dev/null

# ---- who cannot be cloned ---------------------------------------------------------------
cat >"$work/vfork.c" <<'END'
#include <unistd.h>
int main(void)
{
	if (vfork() == 0) {
		execl("/bin/sleep", "sleep", "60", (char *)0);
		_exit(1);
	}
	if (vfork() == 0) {
		sleep(60);
		_exit(0);
	}
	return 0;
}
END
gcc -w -O1 -o "$work/vfork" "$work/vfork.c"
"$work/vfork" &
vfork=$!
sleep 0.3
rm -rf "$work/set"; mkdir "$work/set"
snap --set tree $vfork --engine clone -o "$work/set" >"$work/out" 2>&1
rc=$?
cat "$work/out"
[ $rc = 1 ] && grep -q "process $vfork can make a clone" "$work/out" && [ -z "$(ls "$work/set")" ]
verdict $? "a member that cannot be cloned is named, and nothing is left"
snap --set tree $vfork --json -o "$work/set" >"$work/out" 2>&1
jq -e 'select(.kind == "snapshot_set") | .engine == "stop" and (.engine_reason | startswith("precopy: ")) and .members == 3' \
	<"$work/out" >/dev/null
verdict $? "then auto stops the whole set"
kill $(ps -o pid= --ppid $vfork) $vfork 2>/dev/null

# ---- readers --------------------------------------------------------------------------------
"$bin/pivot_set" 3 >"$work/said" &
root=$!
for _ in $(seq 100); do grep -q ready "$work/said" && break; sleep 0.05; done
rm -rf "$work/set"; mkdir "$work/set"
snap --set tree $root -o "$work/set" >"$work/out" 2>&1 || cat "$work/out"
for core in "$work"/set/*.core; do
	gdb -q -batch -nx -ex bt "$bin/pivot_set" "$core" >"$work/gdb" 2>&1
	# of a memfd it says so for every core
	if grep -q 'main (' "$work/gdb" && ! grep -v "Can't open file /memfd" "$work/gdb" | gdb_complains; then
		pass "gdb opens a dump of the set without complaint"
	else
		cat "$work/gdb"
		fail "gdb and a dump of the set"
	fi
done
"$OSMODUMP" -q "$work"/set/*.set.json -c '|*k' >"$work/ours" 2>&1
[ "$(grep -c '!main' "$work/ours")" = 4 ]
verdict $? "osmodump opens the set, with a stack of each process"
[ "$(stat -c %a "$work"/set/* | sort -u)" = 600 ]
verdict $? "its files have mode 0600"
kill $(ps -o pid= --ppid $root) $root 2>/dev/null

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
