#!/bin/sh
# SPDX-License-Identifier: MIT
# Windows programs with a known problem, or none, run under Wine and dumped from
# outside, and what osmodump analyze says of the dumps: tests/subjects/windows.
# Prints the table of subjects and verdicts. usage: real-winsubjects.sh [SUBJECT...]
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
. tests/real/subjects.sh
: "${TARGETS:=$top/build/targets}"
case $TARGETS in /*) ;; *) TARGETS=$top/$TARGETS ;; esac
out=$TARGETS here=$top/tests/subjects/windows wine_seconds=600 wine_of=subjects
mkdir -p "$out/wine" || exit 1
exec 9>"$out/lock-subjects"
flock 9

newer() {
	f=$1
	shift
	[ -s "$f" ] || return 1
	for s; do [ ! "$s" -nt "$f" ] || return 1; done
}
trouble() { failed=$((failed + 1)); echo "FAIL: $*"; }
. tests/targets/wine.sh
wine_with="$wine_with $here/subject.h $here/streams.h"

# The lines of `expected` for these bits, of the subjects asked for, without what is no subject. Bits "long": 64,
# but with OSMOSIS_LONG only. In 32 bits the subjects that are no different there are for OSMOSIS_LONG as well.
rows() {
	awk -v bits="$1" -v only=" $only " -v long="${OSMOSIS_LONG:-}" '
		$3 == "long" && bits == 64 && (long || only != "  ") { $3 = bits }
		bits == 32 && !long && only == "  " && $1 !~ /^(dies|hang|heaps)$/ { next }
		!/^#/ && NF && ($3 == bits || $3 == "both") && (only == "  " || index(only, " " $1 " ")) {
			printf "%s %s %s %s", $1, $2, $4, $5
			for (i = 6; i <= NF; i++) printf " %s", $i
			print ""
		}' "$here/expected"
}

build() {
	wine_compile "$1" "$dir/take.exe" "$here/take.c" -lntdll || return
	for f in "$here"/*.dll.c; do
		[ ! -f "$f" ] || wine_compile "$1" "$dir/$(basename "$f" .c)" "$f" "-I$here" || return
	done
	for p in $(rows "$1" | cut -d' ' -f1 | sort -u); do
		wine_compile "$1" "$dir/$p.exe" "$here/$p.c" "-I$here" || return
	done
}

run_bits() {
	dir=$out/subjects/$1
	mkdir -p "$dir" && rm -f "$dir"/*.dmp
	build "$1" || return
	rows "$1" | while read -r subject word how _; do echo "$how $subject.$word.dmp $subject $word"; done >"$dir/jobs"
	(cd "$dir" && wine_run "$1" take.exe jobs)
	grep '^trouble ' "$out/wine/log$wine_of"
	while read -r subject word _ pattern sentence <&3; do
		[ -f "$dir/$subject.$word.dmp" ] || { trouble "$subject $word ($1 bit): no dump"; continue; }
		verify "$subject" "$word $1" "$pattern" "$dir/$subject.$word.dmp" "$sentence" "$dir"
	done 3<<-EOF
		$(rows "$1")
	EOF
}

only=$*
if [ ! -x /usr/lib/wine/wine64 ] || ! command -v clang >/dev/null || ! command -v ld.lld >/dev/null; then
	skip "Windows subjects: no wine64, clang or lld here"
else
	run_bits 64
	exec 8>"$out/lock" # wine32 is the targets', too
	flock 8
	get_wine32
	got=$?
	exec 8>&-
	if [ $got = 0 ]; then run_bits 32; else skip "32-bit Windows subjects: wine32 is not to be had ($out/wine/apt.log)"; fi
fi
tell_verdicts "analyze, Windows"
check_dumps "$out"/subjects/*/*.dmp
