# SPDX-License-Identifier: MIT
# What real-analyze.sh and real-winsubjects.sh share: programs with a known
# problem, or none, and what osmodump analyze says of their dumps. Each sources
# this from the top of the tree, calls verify for each dump, then check_dumps.
# Each subject is a line of $CONFUSION, of which tests/conformance/confusion.py makes
# a table: subject, the pattern that was planted ("-": none), and what was found above
# a note, the verdict's first ("-": nothing).
# The threshold of a spike is lowered, so that nobody has to wait for it ($spike_seconds).
: "${OSMODUMP:=build/osmodump}"
case $OSMODUMP in /*) ;; *) OSMODUMP=$PWD/$OSMODUMP ;; esac
passed=0 failed=0 skipped=0 pid=
: "${CONFUSION:=$PWD/build/logs/confusion.tsv}"
mkdir -p "$(dirname "$CONFUSION")"
work=$(mktemp -d)
clean_up() {
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
export XDG_CONFIG_HOME="$work"

skip() { skipped=$((skipped + 1)); echo "skip: $*"; }

# The verdict's pattern and sentence, as the first JSON line has them.
field() { sed -n "1s/.*\"$1\":\"\(\([^\"\\\\]\|\\\\.\)*\)\".*/\1/p" "$work/json"; }

# The patterns of the findings above a note, with commas; each once.
above_note() {
	jq -r 'select(.kind == "finding" and .severity != "note").pattern' "$work/json" | awk '!seen[$0]++' | paste -sd, -
}

# verify SUBJECT WORD PATTERN DUMP SENTENCE [PATH]: images and symbols are in PATH
verify() {
	"$OSMODUMP" analyze --json --threshold "spike.seconds=${spike_seconds:-1}" ${6:+-i "$6" -y "$6"} "$4" >"$work/json" 2>"$work/err" ||
		{ echo "FAIL: $1 $2: analyze failed: $(cat "$work/err")"; failed=$((failed + 1)); return; }
	pattern=$(sed -n '1s/.*"confidence":[0-9]*,"pattern":"\([^"]*\)".*/\1/p' "$work/json") sentence=$(field verdict)
	found=$(above_note)
	printf '%s\t%s\t%s\n' "$1 $2" "$3" "${found:--}" >>"$CONFUSION"
	printf '%-8s %-14s %-26s %s\n' "$1" "$2" "${pattern:--}" "$(printf '%s' "$sentence" | cut -c1-150)"
	if [ "$3" = - ] && [ -n "$found" ]; then
		echo "FAIL: $1 $2: expected nothing above a note, found $found: $sentence"
		failed=$((failed + 1))
	elif [ "${pattern:--}" = "$3" ] && printf '%s' "$sentence" | grep -Eq -- "$5"; then
		passed=$((passed + 1))
	else
		echo "FAIL: $1 $2: expected $3 and '$5', found ${pattern:--}: $sentence"
		failed=$((failed + 1))
	fi
}

tell_verdicts() { echo "figure: $1: $passed of $((passed + failed)) subjects have the verdict that was expected"; }

# check_dumps DUMP...: schema and evidence of each; then the count of all
check_dumps() {
	python3 tests/conformance/analyze_check.py "$OSMODUMP" "$@" >"$work/check"
	grep -v ' passed, ' "$work/check"
	# shellcheck disable=SC2046
	set -- $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$work/check")
	echo "$((passed + ${1:-0})) passed, $((failed + ${2:-1})) failed, $((skipped + ${3:-0})) skipped"
	[ $((failed + ${2:-1})) = 0 ]
}
