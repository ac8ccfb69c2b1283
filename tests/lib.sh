# SPDX-License-Identifier: MIT
# What every suite in tests/run.d shares. A suite is a POSIX sh script that
#	. "$(dirname "$0")/../lib.sh"
# sources this, calls check/counted/skip for each thing it tests, and ends with
# "finish", which prints "N passed, N failed, N skipped" and exits by it.
# Standard output is the suite's log; ./dev test shows its FAIL:, skip: and figure: lines.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd) && cd "$top" || exit 1
export LC_ALL=C TZ=UTC
: "${OSMOSIS_FIXTURES:=$top/../shared/fixtures}"
export OSMOSIS_FIXTURES
: "${OSMOSIS_TIMEOUT:=300}"
export ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1:${UBSAN_OPTIONS:-}"
logs=$top/build/logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0
one=$(mktemp)
trap 'rm -f "$one"' EXIT

pass() { passed=$((passed + ${2:-1})); echo "ok: $1"; }
fail() { failed=$((failed + 1)); echo "FAIL: $1"; }
# skip NAME REASON
skip() { skipped=$((skipped + 1)); echo "skip: $1: $2"; }
figure() { echo "figure: $*"; }

# timed COMMAND...: runs it for $OSMOSIS_TIMEOUT seconds at most; sets $rc, leaves what it said in $one, tells what took long.
timed() {
	start=$(date +%s)
	timeout -k 5 "$OSMOSIS_TIMEOUT" "$@" </dev/null >"$one" 2>&1
	rc=$?
	cat "$one"
	took=$(($(date +%s) - start))
	[ $took -lt 5 ] || echo "took $took s: $name"
}

# check NAME COMMAND...: passes when the command exits 0; exit 77 means skipped.
check() {
	name=$1
	shift
	timed "$@"
	case $rc in
	0) pass "$name" ;;
	77) skip "$name" "$(tail -1 "$one")" ;;
	124) fail "$name (no end after $OSMOSIS_TIMEOUT s)" ;;
	*) fail "$name (exit code $rc)" ;;
	esac
}

# counted NAME COMMAND...: the command counts its own tests, "N passed, N failed[, N skipped]".
# A crash, a missing count or no test at all is a failure.
counted() {
	name=$1
	shift
	timed "$@"
	# shellcheck disable=SC2046
	set -- $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$/\1 \2 \4/p' "$one" | tail -1)
	if [ $rc = 77 ]; then
		skip "$name" "$(tail -1 "$one")"
	elif [ $# -lt 2 ]; then
		fail "$name (exit code $rc, no count)"
	elif [ "$2" != 0 ]; then
		passed=$((passed + $1)) skipped=$((skipped + ${3:-0})) failed=$((failed + $2))
		echo "FAIL: $name ($2 of $(($1 + $2)))"
	elif [ $rc != 0 ]; then
		fail "$name (exit code $rc)"
	elif [ $(($1 + ${3:-0})) = 0 ]; then
		fail "$name (ran no test)"
	else
		# A unit test that lacks what it needs passes with a line "skipped: why".
		lacking=$(grep -c '^skipped: ' "$one")
		[ "$lacking" -le "$1" ] || lacking=$1
		skipped=$((skipped + lacking + ${3:-0}))
		sed -n "s/^skipped: /skip: $name: /p" "$one"
		pass "$name" $(($1 - lacking))
		[ -z "${3:-}" ] || [ "$3" = 0 ] || grep '^skip: ' "$one" >/dev/null || echo "skip: $name: $3"
	fi
}

# variant V: builds build-V once; a failure is counted. Sets $bin.
variant() {
	bin=$top/build-$1
	if ! ./dev build --variant "$1" >"$one" 2>&1; then
		tail -60 "$one"
		fail "build with $1"
		return 1
	fi
	pass "build with $1"
}

finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
	exit
}
