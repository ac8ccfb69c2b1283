#!/bin/sh
# SPDX-License-Identifier: MIT
# Healthy programs that nobody here wrote: a database and a cache under load, a
# JVM, an interpreter, Wine's own processes. Snapshots of them while they work:
# analyze says nothing above a note. usage: real-healthy.sh [NAME...]
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
. tests/real/subjects.sh
spike_seconds=10 # the default; that a healthy server under load runs for a second is no spike
: "${TARGETS:=$top/build/targets}"
case $TARGETS in /*) ;; *) TARGETS=$top/$TARGETS ;; esac
started=
end_all() {
	# shellcheck disable=SC2086
	[ -z "$started" ] || { kill -KILL $started; wait $started; } 2>/dev/null
	started=
}
trap 'end_all; clean_up' EXIT

# await COMMAND...: until it succeeds, 60 s at most
await() {
	for _ in $(seq 600); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}

# healthy PROGRAM WORD PID: a snapshot, and what is said of it
healthy() {
	"$OSMODUMP" snap -q -o "$work/$1.dump" "$3" >"$work/log" 2>&1 ||
		{ echo "FAIL: $1 $2: no snapshot: $(tail -1 "$work/log")"; failed=$((failed + 1)); return; }
	verify "$1" "$2" - "$work/$1.dump" 'No problem'
	rm -f "$work/$1.dump"
}

# The server refuses to run as root: it and its folder are another user's.
as_postgres() {
	if [ "$(id -u)" = 0 ]; then
		exec setpriv --reuid=postgres --regid=postgres --clear-groups env -i PATH="$pg:/usr/bin:/bin" LC_ALL=C HOME="$pgdir" "$@"
	else
		exec env PATH="$pg:/usr/bin:/bin" LC_ALL=C "$@"
	fi
}
is_there() { (as_postgres pg_isready -q -h "$pgdir"); }

postgres() {
	for pg in /usr/lib/postgresql/*/bin; do [ -x "$pg/pgbench" ] && break; done
	[ -x "$pg/pgbench" ] || { skip "PostgreSQL: not installed"; return; }
	pgdir=$(mktemp -d)
	[ "$(id -u)" != 0 ] || chown postgres "$pgdir" || { skip "PostgreSQL: no user postgres"; rm -rf "$pgdir"; return; }
	(as_postgres initdb -D "$pgdir/data" -A trust -N -U postgres) >"$work/pglog" 2>&1
	(as_postgres postgres -D "$pgdir/data" -k "$pgdir" -c listen_addresses= -c fsync=off) >"$work/pglog" 2>&1 &
	server=$! started="$started $!"
	if await is_there && (as_postgres pgbench -i -q -h "$pgdir" -U postgres postgres) >"$work/log" 2>&1; then
		(as_postgres pgbench -c 4 -j 2 -T 300 -h "$pgdir" -U postgres postgres) >"$work/log" 2>&1 &
		started="$started $!"
		sleep 1
		healthy postgres server "$server"
		n=0 # the word: what a process of it calls itself
		for p in $(pgrep -P "$server"); do
			what=$(tr '\0' ' ' <"/proc/$p/cmdline" | sed 's/^postgres: //; s/^postgres postgres.*/backend/; s/ *$//; s/ /-/g')
			[ "$what" != backend ] || { n=$((n + 1)); what=backend-$n; }
			[ -z "$what" ] || healthy postgres "$what" "$p"
		done
	else
		echo "FAIL: PostgreSQL does not run: $(tail -1 "$work/pglog")"
		failed=$((failed + 1))
	fi
	kill -INT "$server"
	end_all
	rm -rf "$pgdir"
}

redis() {
	server=$(command -v redis-server)
	if [ -z "$server" ]; then # redis-tools has the program, too: its name makes it a server
		server=$work/redis-server
		ln -s "$(command -v redis-check-rdb)" "$server" || { skip "Redis: not installed"; return; }
	fi
	gcc -O2 -o "$work/redis_load" bench/redis_load.c || { failed=$((failed + 1)); echo "FAIL: redis_load does not compile"; return; }
	"$server" --port 0 --unixsocket "$work/redis" --save '' --appendonly no --dir "$work" --enable-debug-command local \
		>"$work/log" 2>&1 &
	pid=$! started="$started $!"
	await redis-cli -s "$work/redis" DEBUG POPULATE 100000 key 400
	healthy redis idle $pid
	(echo load; sleep 30) | "$work/redis_load" "$work/redis" 5000 100000 >"$work/log" 2>&1 &
	sleep 1
	healthy redis load $pid
	end_all
}

# talks NAME WORD COMMAND...: a program that says "ready" and ends with its input
talks() {
	name=$1 word=$2
	shift 2
	mkfifo "$work/input"
	"$@" <"$work/input" >"$work/ready" 2>"$work/log" &
	started="$started $!"
	exec 8>"$work/input"
	if await grep -q ready "$work/ready"; then
		healthy "$name" "$word" "$!"
	else
		echo "FAIL: $name does not run: $(tail -1 "$work/log")"
		failed=$((failed + 1))
	fi
	exec 8>&-
	rm -f "$work/input" "$work/ready"
	end_all
}

java() {
	command -v javac >/dev/null || { skip "JVM: not installed"; return; }
	talks java pool env java -Xmx256m tests/subjects/healthy/Healthy.java
}

python() { talks python threads env python3 tests/subjects/healthy/healthy.py; }

# In the prefix of tests/targets; its processes are told by it.
wine_processes() { grep -lzs "^WINEPREFIX=$prefix\$" /proc/[0-9]*/environ | cut -d/ -f3; }
many_run() { [ "$(wine_processes | wc -l)" -ge 7 ]; }
run_wine() {
	WINEDEBUG=-all DISPLAY='' WINEPREFIX=$prefix WINEARCH=win64 WINEDLLOVERRIDES='mscoree=d;mshtml=d;winemenubuilder.exe=d' \
		exec timeout -k 5 120 /usr/lib/wine/wine64 "$@" >"$work/log" 2>&1 </dev/null 9>&-
}

# What Wine starts for itself: its server, services, drivers and the desktop; and a
# minidump of the desktop's process, written from outside by one of our programs.
wine() {
	[ -x /usr/lib/wine/wine64 ] || { skip "Wine: not installed"; return; }
	mkdir -p "$TARGETS/wine"
	tests/targets/make windows >"$work/log" 2>&1 || skip "a minidump of Wine's desktop: $(tail -1 "$work/log")"
	prefix=$TARGETS/wine/prefix64 dumper=$TARGETS/windows/64/dumper.exe
	exec 9>"$TARGETS/lock"
	flock 9
	(run_wine wineboot)
	run_wine explorer.exe /desktop &
	started="$started $!"
	await many_run || { echo "wine runs only: $(wine_processes | wc -l) processes"; }
	sleep 1
	n=0
	for p in $(wine_processes); do
		what=$(tr '\0' ' ' <"/proc/$p/cmdline" | sed 's/ *$//; s/ .*//; s/.*[\\/]//; s/[.].*//')
		case $what in '' | timeout | wine64) continue ;; esac
		n=$((n + 1))
		healthy wine "$what-$n" "$p"
	done
	if [ -f "$dumper" ]; then # it writes the full one first; for the other, Wine may take minutes
		(cd "$work" && run_wine "$dumper" 2 desktop.dmp small.dmp explorer.exe /desktop=mini) &
		started="$started $!"
		await test -e "$work/small.dmp"
		verify wine desktop-minidump - "$work/desktop.dmp" 'No problem'
	fi
	WINEPREFIX=$prefix /usr/lib/wine/wineserver64 -k
	end_all
	exec 9>&-
}

[ $# -gt 0 ] || set -- postgres redis java python wine
for name; do
	case $name in
	postgres | redis | java | python | wine) "$name" ;;
	*) echo "real-healthy: no such thing as '$name'" >&2; exit 2 ;;
	esac
done
tell_verdicts "analyze, healthy programs"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
