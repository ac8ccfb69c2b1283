#!/bin/sh
# SPDX-License-Identifier: MIT
# Snapshots of real processes: is the dump right and of one instant, and is the
# process none the worse for it, whatever happens to us?
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

for p in steady pivot shifty wave alarmed; do
	gcc -O1 -g -pthread -o "$bin/$p" tests/harm/$p.c || fail "compiling $p"
done
HAVE32=
if gcc -m32 -idirafter /usr/include/x86_64-linux-gnu -static -O1 -g -pthread -o "$bin/steady32" tests/harm/steady.c 2>/dev/null; then HAVE32=yes; fi

# start PROGRAM [ARG]: in the background; $pid; its output in $work/said
start() {
	"$@" >"$work/said" 2>&1 &
	pid=$!
	for _ in $(seq 100); do
		grep -q ready "$work/said" 2>/dev/null && return
		sleep 0.05
	done
}
# What it says of itself at the end.
finish() {
	kill -TERM "$pid" 2>/dev/null
	wait "$pid"
	rc=$?
	tail -1 "$work/said"
	[ $rc = 0 ] && [ "$(tail -1 "$work/said")" = steady ]
}
# Clones of it and their remains: children with exit signal 0, which the program itself makes none of.
clones() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v p="$1" '{ sub(/.*[)] /, ""); n += $2 == p && $36 == 0 } END { print n + 0 }'
}
# The guardian has its time: no clone is left.
no_clone() {
	for _ in $(seq 100); do
		[ "$(clones "$1")" = 0 ] && return
		sleep 0.1
	done
	return 1
}
kilobytes() { sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$pid/status"; }
snap() { "$OSMODUMP" snap "$@"; }

sleep 60 &
if ! snap $! -o "$work/try.core" >"$work/out" 2>&1; then
	cat "$work/out"
	grep -q 'may not be traced\|ptrace' "$work/out" && { echo "processes may not be traced here"; exit 77; }
	fail "a first snapshot"
fi

# ---- one instant -----------------------------------------------------------
for engine in clone precopy membrane stop; do
	python3 tests/harm/pivot.py "$OSMODUMP" "$bin/pivot" $engine "$(rounds 40 1000)" >"$work/out"
	rc=$?
	cat "$work/out"
	verdict $rc "engine $engine: counters in step in every snapshot"
done
python3 tests/harm/pivot.py "$OSMODUMP" "$bin/pivot" precopy:1 "$(rounds 10 300)" >"$work/out"
rc=$?
cat "$work/out"
verdict $rc "engine precopy, budget too small: private memory is in step"
# memfd is open then, and does not fit the budget: the membrane keeps it, and says that it cannot see all writes
python3 tests/harm/pivot.py "$OSMODUMP" "$bin/pivot" membrane:1 "$(rounds 10 300)" >"$work/out"
rc=$?
cat "$work/out"
verdict $rc "engine membrane, budget too small: private memory is in step"
for engine in clone membrane; do
	python3 tests/harm/wave.py "$OSMODUMP" "$bin/wave" $engine "$(rounds 5 100)" "$(rounds 16 100)" >"$work/out"
	rc=$?
	cat "$work/out"
	verdict $rc "engine $engine: no page is too old or too new while all are written to"
done
python3 tests/harm/pivot.py "$OSMODUMP" "$bin/pivot" live 10 >"$work/out"
rc=$?
cat "$work/out"
verdict $rc "reading a running process is found out"

# ---- memory that comes and goes --------------------------------------------------
start "$bin/shifty"
cp "$work/said" "$work/shifty"
for engine in clone precopy membrane stop; do
	lack=
	# what is given back before it was saved is not in the dump, and listed there
	[ $engine = membrane ] && lack=lack
	n=$(rounds 8 300) good=0
	for _ in $(seq "$n"); do
		snap "$pid" --engine $engine -o "$work/core" --force -q >"$work/out" 2>&1 || { cat "$work/out"; break; }
		"$bin/shifty" check "$work/core" "$work/shifty" $lack || break
		good=$((good + 1))
	done
	[ "$good" = "$n" ]
	verdict $? "engine $engine: no page is stale or invented in $n snapshots"
done
kill "$pid"
rm -f "$work/core"

# ---- no harm ------------------------------------------------------------------
for program in steady ${HAVE32:+steady32}; do
	start "$bin/$program"
	maps=$(grep -c . "/proc/$pid/maps") n=$(rounds 60 10000) memory=0 tables=0
	for i in $(seq "$n"); do
		engine=clone
		[ $((i % 4)) = 0 ] && engine=precopy
		[ $((i % 4)) = 2 ] && engine=membrane
		[ "$i" = 10 ] && memory=$(kilobytes VmRSS) tables=$(kilobytes VmPTE)
		snap "$pid" --engine $engine -o "$work/core" --force -q >"$work/out" 2>&1 || { cat "$work/out"; fail "$program: snapshot $i"; break; }
	done
	[ "$(clones "$pid")" = 0 ]
	verdict $? "$program: no clone or zombie of one after $n snapshots"
	[ "$(grep -c . "/proc/$pid/maps")" -le $((maps + 2)) ]
	verdict $? "$program: no mapping left"
	[ "$(($(kilobytes VmRSS) - memory))" -lt 1024 ] && [ "$(($(kilobytes VmPTE) - tables))" -lt 64 ]
	verdict $? "$program: no memory left (grown by $(($(kilobytes VmRSS) - memory)) kB, page tables by $(($(kilobytes VmPTE) - tables)) kB)"
	finish
	verdict $? "$program: nothing noticed of $n snapshots"
done
[ -n "$HAVE32" ] || skip "32-bit programs cannot be made here"

# Copying ahead takes some 300 ms here; who is held while a signal comes waits for all of it. A busy machine gets three tries.
gap=
for _ in 1 2 3; do
	start "$bin/alarmed" 600
	snap "$pid" --engine precopy -o "$work/core" --force -q >"$work/out" 2>&1 || cat "$work/out"
	rm -f "$work/core"
	kill -TERM "$pid"
	wait "$pid"
	gap=$(sed -n 's/^longest gap \([0-9]*\) ms.*/\1/p' "$work/said")
	[ "${gap:-999}" -lt 150 ] && break
done
[ "${gap:-999}" -lt 150 ]
verdict $? "engine precopy: signals hold nobody up while memory is copied (longest gap $gap ms)"

# ---- our death at every boundary -------------------------------------------------
for phase in seized stopped 'registers read' 'frames laid' 'registers set' 'call entered' cloned 'registers back' \
	'memory back' 'clone held' copied resumed 'clone ready' 'clone killed' 'clone reaped'; do
	start "$bin/steady"
	OSMOSIS_DIE_AT=$phase snap "$pid" -o "$work/core" --force >/dev/null 2>&1
	[ $? = 137 ] || fail "did not die at '$phase'"
	sleep 0.1
	snap "$pid" -o "$work/core" --force >/dev/null 2>&1 || fail "no snapshot after a death at '$phase'"
	no_clone "$pid" || fail "a clone is left of a death at '$phase'"
	finish
	verdict $? "our death at '$phase' is not noticed"
done
for phase in tracking 'copied ahead' stopped copied resumed; do
	start "$bin/steady"
	OSMOSIS_DIE_AT=$phase snap "$pid" --engine precopy -o "$work/core" --force >"$work/out" 2>&1
	if [ $? != 137 ]; then
		grep 'this kernel' "$work/out" || fail "did not die at '$phase' of precopy"
	fi
	sleep 0.1
	snap "$pid" -o "$work/core" --force >/dev/null 2>&1 || fail "no snapshot after a death at '$phase' of precopy"
	finish
	verdict $? "our death at '$phase' of precopy is not noticed"
done
for phase in seized 'files copied' stopped 'registers read' protected copied resumed saved lifted; do
	start "$bin/steady"
	OSMOSIS_DIE_AT=$phase snap "$pid" --engine membrane -o "$work/core" --force >"$work/out" 2>&1
	if [ $? != 137 ]; then
		grep 'this kernel' "$work/out" || fail "did not die at '$phase' of membrane"
	fi
	sleep 0.1
	snap "$pid" -o "$work/core" --force >/dev/null 2>&1 || fail "no snapshot after a death at '$phase' of membrane"
	finish
	verdict $? "our death at '$phase' of membrane is not noticed"
done
for engine in clone precopy membrane stop; do
	case $engine in precopy|membrane) start "$bin/steady" forgive ;; *) start "$bin/steady" ;; esac
	for i in $(seq "$(rounds 20 500)"); do
		timeout -s KILL "0.0$((i * 7 % 90 + 10))" "$OSMODUMP" snap "$pid" --engine $engine -o "$work/core" --force >/dev/null 2>&1
	done
	no_clone "$pid"
	verdict $? "engine $engine: no clone left after our deaths at random instants"
	finish
	verdict $? "engine $engine: our death at random instants is not noticed"
done

# ---- readers ------------------------------------------------------------------------
start "$bin/steady"
snap "$pid" -o "$work/full.core" >/dev/null && snap "$pid" -o "$work/mini.core" --mini >/dev/null
verdict $? "full and mini dumps are written"
kinds="full mini"
snap "$pid" -o "$work/membrane.core" --engine membrane >"$work/out" 2>&1 && kinds="$kinds membrane" || grep 'this kernel' "$work/out"
verdict $? "so is one by engine membrane"
for kind in $kinds; do
	gdb -q -batch -nx -ex 'thread apply all bt' "$bin/steady" "$work/$kind.core" >"$work/gdb" 2>&1
	n=$(grep -c '^Thread ' "$work/gdb")
	if [ "$n" = 7 ] && [ "$(grep -c ' in main\| in start_thread' "$work/gdb")" -ge 6 ] && ! gdb_complains <"$work/gdb"; then
		pass "gdb opens the $kind dump without complaint"
	else
		cat "$work/gdb"
		fail "gdb and the $kind dump"
	fi
	eu-readelf -l -n "$work/$kind.core" >"$work/elf" 2>&1
	verdict $? "eu-readelf reads the $kind dump"
	"$OSMODUMP" -q "$work/$kind.core" -c '~*k' >"$work/ours" 2>&1
	[ "$(grep -c '!main\|!start_thread' "$work/ours")" -ge 6 ]
	verdict $? "osmodump opens the $kind dump"
done
[ "$(stat -c %a "$work/full.core")" = 600 ]
verdict $? "dumps have mode 0600"
finish >/dev/null
verdict $? "and the process lives on"

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
