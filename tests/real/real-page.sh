#!/bin/sh
# SPDX-License-Identifier: MIT
# Pages of osmodump analyze --html: a deadlock, a crash, a crowd of a thousand threads, and dumps whose names would be markup;
# and of diff --html: a program that leaks, between four snapshots.
# What they are made of is checked by page_check.py; where Chromium is installed, it shows them. The screenshots stay in
# build/pages, to be looked at.
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
: "${OSMODUMP:=build/osmodump}"
case $OSMODUMP in /*) ;; *) OSMODUMP=$top/$OSMODUMP ;; esac
passed=0 failed=0 skipped=0 pid=
work=$(mktemp -d) shots=$top/build/pages
clean_up() {
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
export XDG_CONFIG_HOME="$work"
verdict() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: $2"; fi; }
# What a script of ours counted, as ours; $1: its output
add_counts() {
	grep -v ' passed, ' "$1" | grep -v '^ok: '
	# shellcheck disable=SC2046
	set -- $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$1")
	passed=$((passed + ${1:-0})) failed=$((failed + ${2:-1})) skipped=$((skipped + ${3:-0}))
}

# page NAME DUMP: makes NAME.html
page() {
	(cd "$work" && "$OSMODUMP" analyze -q --html "$1.html" "$2") >"$work/log" 2>&1
	verdict $? "$1: no page: $(cat "$work/log")"
}

# A program that says "ready PID"
take_snap() {
	mkfifo "$work/ready"
	"$work/$1" >"$work/ready" &
	pid=$!
	read -r _ _ <"$work/ready"
	rm -f "$work/ready"
	"$OSMODUMP" snap -q "$pid" -o "$work/$1.core" >"$work/log" 2>&1
	verdict $? "$1: no snapshot: $(cat "$work/log")"
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	pid=
}

gcc -D_GNU_SOURCE -g -O1 -o "$work/deadlock" tests/targets/linux/deadlock.c -pthread &&
	gcc -D_GNU_SOURCE -g -O1 -o "$work/crowd" tests/subjects/crowd.c -pthread || { echo "FAIL: the subjects do not compile"; exit 1; }
# Four snapshots of a program that changes with each SIGUSR1
take_series() {
	mkfifo "$work/ready"
	"$work/grows" >"$work/ready" &
	pid=$!
	exec 3<"$work/ready"
	read -r _ _ <&3
	for i in 1 2 3 4; do
		"$OSMODUMP" snap -q "$pid" -o "$work/grows$i.core" >"$work/log" 2>&1
		verdict $? "grows: no snapshot: $(cat "$work/log")"
		[ $i = 4 ] || { kill -USR1 "$pid" && read -r _ _ <&3; }
	done
	exec 3<&-
	rm -f "$work/ready"
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	pid=
	"$OSMODUMP" diff -q --html "$work/compared.html" "$work"/grows[1234].core >"$work/log" 2>&1
	verdict $? "compared: no page: $(cat "$work/log")"
	grep -q 'mutex <bdi>grows!stuck</bdi> is held by thread' "$work/compared.html" &&
		grep -q '3008 bytes each .*grows steadily .*may leak' "$work/compared.html" &&
		[ "$(grep -c '<svg viewBox' "$work/compared.html")" -ge 6 ]
	verdict $? "compared: the leak, the lock or the charts are not in the page"
}

gcc -D_GNU_SOURCE -g -O1 -o "$work/grows" tests/targets/linux/grows.c -pthread || { echo "FAIL: the subject does not compile"; exit 1; }
take_series
take_snap deadlock
take_snap crowd
tests/mkdump/mkdump tests/mkdump/recipes/win-x64.recipe "$work/crash.dmp"
tests/mkdump/mkdump tests/real/page/hostile.recipe "$work/<img src=x onerror=alert(11)>.dmp"
tests/mkdump/mkdump tests/real/page/hostile-ring.recipe "$work/ring.core"
page deadlock deadlock.core
page crash crash.dmp
page crowd crowd.core
page hostile '<img src=x onerror=alert(11)>.dmp'
page hostile-ring ring.core

grep -q 'class="l ring"' "$work/deadlock.html" && grep -q '>deadlock!stock<' "$work/deadlock.html"
verdict $? "deadlock: the ring is not drawn"
grep -q '>200 threads<' "$work/crowd.html" && grep -q '600 threads wait for 1 object' "$work/crowd.html"
verdict $? "crowd: threads that wait for the same are not put together"
[ "$(wc -c <"$work/crowd.html")" -lt 300000 ]
verdict $? "crowd: $(wc -c <"$work/crowd.html") bytes"
grep -q 'alert(8)' "$work/hostile.html" && grep -q 'alert(2)' "$work/hostile-ring.html"
verdict $? "the names of the hostile dumps are not in their pages"
python3 tests/conformance/page_check.py "$work"/*.html >"$work/check"
add_counts "$work/check"
python3 tests/conformance/page_check.py tests/real/page/planted.html >"$work/check" && verdict 1 "page_check.py finds nothing in planted.html"

if command -v chromium >/dev/null 2>&1; then
	timeout 300 python3 tests/real/page/browser.py "$shots" "$work"/*.html >"$work/check" 2>&1
	add_counts "$work/check"
	timeout 100 python3 tests/real/page/browser.py "$work" tests/real/page/planted.html >"$work/check" 2>&1
	for what in console: request: 'wider than' 'little contrast' 'id twice' 'headings skip'; do
		grep -q "planted-phone-light: .*$what" "$work/check"
		verdict $? "the browser's test does not find '$what' in planted.html"
	done
	echo "figure: pages: screenshots of phone and desktop, light and dark, in build/pages"
else
	echo "skip: pages in a browser: chromium is not installed"
	skipped=$((skipped + 1))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
