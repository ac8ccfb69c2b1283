#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples that take snapshots, built as a stranger would, run for real; gdb
# sees in what they write the stacks that there were.
set -eu
examples=$(cd "$(dirname "$0")/../../examples" && pwd)
. "$examples/../tests/real/gdb.sh"
work=$(mktemp -d)
sleeper=
trap '[ -z "$sleeper" ] || kill "$sleeper"; rm -rf "$work"' EXIT
cd "$work"

for f in self-snapshot snapshot-process snapshot-set; do
	# shellcheck disable=SC2046
	cc -std=c11 -D_DEFAULT_SOURCE -Wall -Wextra -Werror -g -O0 -pthread -o $f "$examples/$f.c" \
		$(pkg-config --cflags --libs osmosis)
done
wanted() { # wanted FILE TEXT...
	in=$1
	shift
	for want; do
		grep -q -- "$want" "$in" || { cat "$in"; echo "missing in $in: $want"; exit 1; }
	done
}
# stacks CORE PROGRAM THREADS WANTED...: each thread has a stack down to where it began
stacks() {
	gdb -q -batch -nx -ex 'thread apply all bt' "$2" "$1" > gdb.out 2>&1
	n=$3
	shift 3
	[ "$(grep -c '^Thread ' gdb.out)" = "$n" ] || { cat gdb.out; echo "$n threads expected"; exit 1; }
	[ "$(grep -c ' in main \| in start_thread ' gdb.out)" = "$n" ] || { cat gdb.out; echo "a stack has no end"; exit 1; }
	if gdb_complains <gdb.out; then cat gdb.out; echo "gdb complains"; exit 1; fi
	wanted gdb.out "$@"
}

# a program looks at itself: main, four workers, the library's own thread
if ! ./self-snapshot core.self > out 2> err; then
	cat out err
	grep -q 'may not be traced' err && exit 77
	exit 1
fi
wanted out 'self-snapshot (.*): 6 threads, pause' 'self_snapshot!work_hard' 'self_snapshot!look_at_ourselves' \
	'thread .* (osm-snapshot)' 'worker 3 had done'
# what had been done then is less than what has been since
awk '/had done/ { n++; sub(",", "", $5); if ($5 + 0 >= $7 + 0) bad = 1 } END { exit bad || n != 4 }' out ||
	{ cat out; echo "counters"; exit 1; }
stacks core.self ./self-snapshot 6 ' in look_at_ourselves ' ' in lender_main \|lender_main ' ' work_hard \| in worker '
[ "$(grep -c ' in worker ' gdb.out)" = 4 ]
"$OSMODUMP" -q core.self -c '~*k' > ours
[ "$(grep -c 'self_snapshot!worker' ours)" = 4 ]

# another process
cat > threads.c <<'END'
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void *deep(void *n) { if (n) return deep((char *)n - 1); pause(); return n; }
int main(void)
{
	pthread_t t;
	for (long i = 3; i < 6; i++)
		if (pthread_create(&t, NULL, deep, (void *)i))
			return 1;
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
END
cc -g -O0 -pthread -o threads threads.c
./threads > said &
sleeper=$!
for _ in $(seq 200); do
	grep -q ready said && break
	sleep 0.05
done
sleep 0.2
./snapshot-process $sleeper core.zst > out 2> progress || { cat out progress; exit 1; }
wanted out "process $sleeper threads engine clone consistency instantaneous" "thread $sleeper threads S ip" '\[stack\]' \
	'/threads' 'written core.zst'
[ "$(grep -c '^thread ' out)" = 4 ]
[ -s progress ]
"$OSMODUMP" convert core.zst core.plain > convert.out 2>&1 || { cat convert.out; exit 1; }
stacks core.plain ./threads 4
for depth in 4 5 6; do # one thread each
	gdb -q -batch -nx -ex 'thread apply all bt' ./threads core.plain 2>/dev/null |
		awk -v want=$depth '/^Thread /{ n = 0 } / deep /{ n++ } / start_thread /{ if (n == want) found++ } END { exit found != 1 }' ||
		{ echo "no stack of $depth frames"; exit 1; }
done
# the walk tells what the core tells
awk '/^thread /{ print $2, $6 }' out | sort > walked
"$OSMODUMP" -q core.zst --json -c '~' > threads.json
while read -r tid ip; do
	grep -qi "\"tid\":$tid\b" threads.json || { cat threads.json; echo "no thread $tid ($ip)"; exit 1; }
done < walked
kill -0 $sleeper
[ -z "$(ps -o stat= --ppid $sleeper)" ] || { echo "a child was left"; exit 1; }

# several in one pause: a tree with children that the calling program itself has none of, then a list
cat > family.c <<'END'
#include <stdio.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>
static void work(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); for (;;) pause(); }
int main(void)
{
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			work();
	usleep(100000);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
END
cc -g -O0 -o family family.c
./family > said.family &
family=$!
for _ in $(seq 200); do
	grep -q ready said.family && break
	sleep 0.05
done
mkdir set list
./snapshot-set set $family > out 2> err || { cat out err; exit 1; }
wanted out '^3 processes, engine clone, instantaneous' "process $family family, 1 threads" '!pause' 'written set/.*\.set\.json: 3 dumps'
[ "$(grep -c '^process ' out)" = 3 ]
"$OSMODUMP" -q set/*.set.json -c '|*k' > ours
wanted ours 'family!main' 'family!work'
"$OSMODUMP" info set/*.set.json > info.out
wanted info.out 'tree'
./snapshot-set list $family $sleeper > out 2> err || { cat out err; exit 1; }
wanted out '^2 processes' "process $sleeper threads, 4 threads" 'written list/.*: 2 dumps'
[ "$(ls list | wc -l)" = 3 ]
kill $family
if ./snapshot-set list 999999999 2> err; then exit 1; fi
wanted err 'error 6: .*999999999'

# what cannot be: an error with a reason
if ./snapshot-process 999999999 nothing 2> err; then exit 1; fi
wanted err 'error 6: .*999999999'
[ ! -e nothing ]
