#!/bin/sh
# SPDX-License-Identifier: MIT
# !pagediff on programs that patch themselves: what they patched, all of it, and nothing else.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${TARGETS:=$PWD/build/targets}" "${OSMODUMP:=$PWD/build/osmodump}"
passed=0 failed=0 skipped=0
work=$(mktemp -d)
pid='' other=''
trap '[ -z "$pid$other" ] || kill -9 $pid $other 2>/dev/null; rm -rf "$work"' EXIT
verdict() { if [ "$1" = 0 ]; then passed=$((passed + 1)); echo "ok: $2"; else failed=$((failed + 1)); echo "FAIL: $2"; fi; }
skip() { skipped=$((skipped + 1)); echo "skip: $1"; }

# changes DUMP COMMAND [OPTION...]: "victim>detour getppid>hook": what was patched, and where it leads
changes() {
	dump=$1 command=$2
	shift 2
	"$OSMODUMP" -q --json "$@" -c "$command" "$dump" 2>"$work/said" | jq -r 'select(.kind == "byte_difference") |
		.symbol.name + ">" + (.target_symbol.name // if .target then "nowhere" else "" end)' | sort | tr '\n' ' '
}

# is NAME EXPECTED FOUND
is() {
	[ "$2" = "$3" ]
	rc=$?
	[ $rc = 0 ] || { echo "expected: $2"; echo "found:    $3"; head -3 "$work/said"; }
	verdict $rc "$1"
}

start() {
	mkfifo "$work/ready"
	"$work/patched" "$@" >"$work/ready" &
	started=$!
	read -r _ _ <"$work/ready"
	rm "$work/ready"
}

linux() {
	[ "$(uname -m)" = x86_64 ] || { skip "Linux: the program patches x64 code"; return; }
	gcc -D_GNU_SOURCE -std=gnu17 -g -O1 -o "$work/patched" tests/targets/linux/patched.c 2>"$work/said"
	verdict $? "compiling patched"
	start wild
	pid=$started
	start
	other=$started
	all="getppid>hook stray>nowhere table> victim>detour "
	if "$OSMODUMP" snap -q -o "$work/snap" "$pid" >"$work/said" 2>&1; then
		is "snapshot" "$all" "$(changes "$work/snap" '!pagediff')"
		"$OSMODUMP" snap -q --all-memory -o "$work/all" "$pid" >"$work/said" 2>&1
		is "snapshot of all memory" "$all" "$(changes "$work/all" '!pagediff')"
		mkdir "$work/set"
		"$OSMODUMP" snap -q --set "$pid,$other" --all-memory -o "$work/set/" >"$work/said" 2>&1
		set -- "$work"/set/*.set.json
		# The hook is not at the same address in both: its address is no relocated word of the file.
		is "two processes" "getppid>hook stray>nowhere " "$(changes "$1" '!pagediff -p 1')"
		is "the other way round" "getppid>hook stray> " "$(changes "$1" '|1s; !pagediff -p 0')"
	else
		skip "snapshot: $(tail -1 "$work/said")"
	fi
	if gcore -o "$work/gcore" "$pid" >"$work/said" 2>&1; then
		is "gcore" "$all" "$(changes "$work/gcore.$pid" '!pagediff')"
	else
		skip "gcore: $(tail -1 "$work/said")"
	fi
	kill -9 "$pid" "$other"
	wait "$pid" "$other" 2>/dev/null
	pid='' other=''
}

linux
for bits in 64 32; do
	what=windows wine=/usr/lib/x86_64-linux-gnu/wine/x86_64-windows dir=$TARGETS/windows/$bits
	[ $bits = 32 ] && what=windows32 wine=$TARGETS/wine/i386/usr/lib/i386-linux-gnu/wine/i386-windows
	tests/targets/make $what >"$work/said" 2>&1
	grep '^skip: ' "$work/said" && skipped=$((skipped + 1))
	[ -f "$dir/hooked-full.dmp" ] || continue
	is "$bits bit: hooked.exe" "victim>detour " "$(changes "$dir/hooked-full.dmp" '!pagediff hooked' -i "$dir")"
	[ -f "$wine/kernel32.dll" ] || { skip "$bits bit: $wine has no kernel32.dll"; continue; }
	# Wine itself takes exports out of kernel32's table where programs must not find them.
	is "$bits bit: kernel32's code" "GetConsoleCP>hook " "$("$OSMODUMP" -q --json -i "$dir;$wine" -c '!pagediff kernel32' \
		"$dir/hooked-full.dmp" | jq -r 'select(.kind == "byte_difference" and .section == ".text") |
		.symbol.name + ">" + .target_symbol.name' | tr '\n' ' ')"
	is "$bits bit: no code of others" "" "$("$OSMODUMP" -q --json -i "$dir;$wine" -c '!pagediff' "$dir/hooked-full.dmp" |
		jq -r 'select(.kind == "byte_difference" and .section == ".text" and .module != "hooked" and .module != "kernel32") |
		.module')"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
