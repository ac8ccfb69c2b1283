#!/bin/sh
# SPDX-License-Identifier: MIT
# What osmodump says of programs that died or hang here in known ways: why a
# signal came, what threads wait for, errno, names that no symbol table has.
# The cores are the kernel's. (tests/targets/linux/waits.c, dies.cc)
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
: "${OSMODUMP:=build/osmodump}"
case $OSMODUMP in /*) ;; *) OSMODUMP=$top/$OSMODUMP ;; esac
passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
finish() { echo "$passed passed, $failed failed, $skipped skipped"; [ $failed = 0 ]; exit; }
case $(cat /proc/sys/kernel/core_pattern) in
'|'* | */*) echo "skip: cores by the kernel: core_pattern is '$(cat /proc/sys/kernel/core_pattern)'"; skipped=1; finish ;;
esac

# core NAME PROGRAM [WORD...]: leaves $work/NAME.core
core() {
	name=$1
	shift
	mkdir "$work/$name.d"
	# a shell of its own tells nobody that the program died
	# shellcheck disable=SC2016
	sh -c 'cd "$1" && shift && ulimit -c unlimited && "$@"; :' sh "$work/$name.d" "$@" >/dev/null 2>&1
	mv "$work/$name.d"/core* "$work/$name.core" 2>/dev/null || { echo "FAIL: no core of $*"; failed=$((failed + 1)); }
}

# says CORE COMMANDS REGEX: does the output, its lines joined by "|", match?
says() {
	got=$("$OSMODUMP" -q "$work/$1.core" -c "$2" 2>&1 | tr '\n' '|')
	if printf '%s' "$got" | grep -Eq -- "$3"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL: $1: $2: no '$3' in: $got"
	fi
}

# lock CORE NAME TYPE REGEX: what !locks says of the object NAME
lock() { says "$1" '!locks -v' "\\|$3 [^|]*!$2 at [^|]*\\|$4"; }

all_locks() {
	lock "$1" plain mutex 'Kind +normal\|Own[^|]*\(thread 0\)\|Wait[^|]*\|[^*]*\*\*\* Locked'
	lock "$1" recursive mutex 'Kind +recursive\|RecursionCount +2\|Own[^|]*\(thread 0\)'
	lock "$1" inheriting mutex 'Kind +normal, priority inheritance\|Own[^|]*\(thread 0\)'
	lock "$1" robust mutex 'Kind +error-checking, robust\|Own[^|]*\(thread 0\)'
	lock "$1" both mutex 'Kind +normal, robust, priority inheritance\|Own[^|]*\(thread 0\)'
	lock "$1" read_held rwlock 'Readers +1\|Waiting threads +[0-9]+ \('
	lock "$1" write_held rwlock 'Own[^|]*\(thread 0\)\|Waiting threads +[0-9]+ \('
	lock "$1" writers_first rwlock 'Readers +1\|Waiting threads +[0-9]+ [0-9]+ \('
	lock "$1" cond 'condition variable' 'Waiting threads +[0-9]+ \('
	lock "$1" barrier barrier 'Waiting threads +[0-9]+ \('
	lock "$1" semaphore semaphore 'Waiting threads +[0-9]+ \('
	lock "$1" once once 'Waiting threads +[0-9]+ \('
	lock "$1" word futex 'Waiting threads +[0-9]+ \('
	says "$1" '!locks -v' 'thread exit [^|]*\|Own[^|]*\(thread [0-9]+\)'
	says "$1" '!gle' 'errno: 28 ENOSPC'
	says "$1" '~*' 'Start: [a-z0-9_]+!condition \('
}

try_waits() {
	# shellcheck disable=SC2086
	if ! gcc -D_GNU_SOURCE -std=gnu17 -g -O1 $2 -o "$work/$1" tests/targets/linux/waits.c -pthread 2>/dev/null; then
		echo "skip: waits.c: gcc $2 does not work here"
		skipped=$((skipped + 1))
		return
	fi
	core "$1" "$work/$1"
	all_locks "$1"
}

# Every stub of a call that objdump names, under the same name at the same address.
same_stubs() {
	objdump -d "$work/$1" | sed -n 's/^0*\([0-9a-f]*\) <\(.*@plt\)>:$/\1 \2/p' | sort >"$work/objdump"
	base=$("$OSMODUMP" -q --json "$work/$2.core" -c "lm m $1" | sed -n 's/.*"start":"\(0x[0-9a-f]*\)".*/\1/p')
	"$OSMODUMP" -q --json "$work/$2.core" -c "x $1!*@plt" |
		sed -n 's/.*"address":"\(0x[0-9a-f]*\)".*/\1/p' |
		while read -r a; do printf '%x\n' $((a - base)); done | sort >"$work/ours"
	if [ -s "$work/objdump" ] && [ "$(cut -d' ' -f1 "$work/objdump")" = "$(cat "$work/ours")" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL: stubs of $1: objdump: $(tr '\n' ' ' <"$work/objdump") osmodump: $(tr '\n' ' ' <"$work/ours")"
	fi
}

try_dies() {
	if ! g++ -g -O0 -o "$work/dies" tests/targets/linux/dies.cc 2>"$work/log"; then
		echo "skip: dies.cc: no g++ here"
		skipped=$((skipped + 1))
		return
	fi
	for how in assert free overflow jump wild readonly handler null; do core $how "$work/dies" $how; done
	says assert .lastevent "sent by the process itself\\)\\|Message: dies: [^|]*Assertion .how.empty\\(\\) && \"nothing is well\"' failed"
	says free .exr 'Message: free\(\): double free detected'
	says overflow .lastevent 'write to memory below the stack: stack overflow'
	says jump .lastevent 'jump to or call of a null pointer'
	says null .lastevent 'SEGV_MAPERR at 0x8, write to a null pointer'
	says readonly .lastevent 'write to memory that does not allow it \(r--\)'
	case $(uname -m) in
	x86_64)
		says wild .lastevent 'write to 0x8000414141414141, which is no canonical address'
		same_stubs dies null
		;;
	esac
	says handler k 'dies!handler\+[^|]*\|[^|]*!<signal handler called>\|'
	# shellcheck disable=SC2016
	says null 'db @$ip l2' '^[0-9a-f`]+  [0-9a-f]{2} [0-9a-f]{2} '
	says null 'dv /t' 'const __closure = 0x[^|]*\|int value = 0n7'
	says null '.frame 1; dv /t' '\|const char \[12\] where = const char \[12\] "in a lambda"'
	says null 'dt dies!corner' '\+0x000 x +: 0n3\|'
	says null '.frame 2; ?? nameless' '\+0x000 first +: 0n1\|'
	says null '.frame 2; dt nameless' '\+0x000 first +: 0n1\|'
	says null '.frame 2; ?? argv[1]' 'char \* 0x[^|]* "null"'
	says null 'x dies!*per_thread' '!per_thread = <thread-local'
	says null '? dies!per_thread' "Couldn't resolve"
	says null 'x dies!*tagged*' 'tagged\[abi:cxx11\] = (class |struct )?std::'
	says null 'x dies!*point::count' 'count = 0n7'
	says null 'k 1; lmv m dies' '\(private symbols\) +/[^/]'
}

try_waits waits ""
try_waits waits-static -static
try_waits waits-i386 "-m32 -isystem /usr/include/$(uname -m)-linux-gnu"
try_dies
finish
