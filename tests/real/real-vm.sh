#!/bin/sh
# SPDX-License-Identifier: MIT
# Snapshots of a virtual machine (a small guest, emulated): each engine's pause by QEMU's own events; the machine lives
# on when we are killed or told to stop at each boundary; of a machine that stands still, what a migration stream holds
# is byte for byte what dump-guest-memory writes.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${OSMODUMP:=$PWD/build/osmodump}"
passed=0 failed=0 skipped=0
skip() { echo "skip: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
[ -f tests/kernel/guest.sh ] || skip "no guests"
command -v qemu-system-x86_64 >/dev/null || skip "no qemu-system-x86_64"
work=$(mktemp -d /var/tmp/osm-vm-XXXXXX)
# shellcheck source=/dev/null
. tests/kernel/guest.sh
trap 'guest_end "$work/guest" >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
guest_start cloud "$work/guest" --memory 192 --disk 64 --limit 300 >"$work/start" 2>&1
came=$?
[ $came != 77 ] || skip "$(tail -1 "$work/start")"
[ $came = 0 ] || { tail -40 "$work/start"; exit 1; }
cd "$work" || exit 1 # a socket's name must not be long
qmp=guest/qmp
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $1"; }
check() { name=$1; shift; if "$@"; then ok; else bad "$name"; fi; }
field() { sed -n "s/.*\"kind\":\"vm_snapshot\".*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$1"; }
guest() { python3 "$OLDPWD/tests/kernel/guest.py" "$@"; }
lives() { # the guest answers, and is as it was for other clients
	[ "$(guest run guest 'echo lives' 60)" = lives ] && ! guest monitor guest 'info migrate_capabilities' | grep -q 'background-snapshot: on'
}

# --- what comes
for engine in auto stop; do
	"$OSMODUMP" snap -q --json --vm $qmp --engine $engine -o $engine.elf >$engine.json || { bad "$engine"; continue; }
	echo "figure: vm: engine $(field $engine.json engine): pause $(field $engine.json pause_ms) ms, $(field $engine.json received) bytes received"
	check "$engine: the guest lives" lives
	check "$engine: mode" [ "$(stat -c %a $engine.elf)" = 600 ]
	check "$engine: processors and VMCOREINFO" sh -c "'$OSMODUMP' info $engine.elf | grep -q '^Processors: *2' && '$OSMODUMP' info $engine.elf | grep -q VMCOREINFO"
done
if [ "$(field auto.json engine)" = background ]; then
	check "a background snapshot's pause is the shorter one" sh -c "[ $(field auto.json pause_ms | cut -d. -f1) -lt $(field stop.json pause_ms | cut -d. -f1) ]"
else
	skipped=$((skipped + 1))
	echo "skip: no background snapshot here: $(field auto.json engine_reason)"
fi

# --- nothing that happens to us stops it
for at in vm-ready vm-asking vm-migrating vm-received vm-dumping; do
	engine=auto
	[ $at = vm-dumping ] && engine=stop
	hows=KILL # the short form is interrupted at one boundary, killed at each
	[ -z "${OSMOSIS_LONG:-}" ] && [ $at != vm-migrating ] || hows="KILL INT"
	for how in $hows; do
		[ $how = KILL ] && unset OSMOSIS_DIE_OF || export OSMOSIS_DIE_OF=1
		OSMOSIS_DIE_AT=$at timeout 60 "$OSMODUMP" snap -q --vm $qmp --engine $engine -o dead.elf >log 2>&1 && bad "SIG$how at $at: it went on"
		sleep 1
		check "SIG$how at $at: the guest lives" lives
		check "SIG$how at $at: nothing is left" sh -c '! ls dead.elf* 2>/dev/null | grep -q .'
		for _ in 1 2 3 4 5 6 7 8 9 10; do # the guard comes to its end, too
			pgrep -x osmodump-vm >/dev/null || break
			sleep 1
		done
	done
done
unset OSMOSIS_DIE_OF

# --- standing still: the same bytes by both ways
guest monitor guest stop >/dev/null
"$OSMODUMP" snap -q --json --vm $qmp --engine stop -o s1.elf --force >s1.json && "$OSMODUMP" snap -q --json --vm $qmp --engine migrate -o s2.elf --force >s2.json
check "engines of a machine that stands still" [ "$(field s1.json engine) $(field s2.json engine)" = "stop migrate" ]
check "dump-guest-memory and migration have the same bytes" cmp s1.elf s2.elf
check "it still stands still" sh -c "! grep -q pause_ms s1.json s2.json"
guest monitor guest cont >/dev/null
check "and runs on" lives

# --- what cannot be
"$OSMODUMP" snap -q --vm nosuch.sock -o x 2>err
check "no such socket" [ $? = 1 ]
"$OSMODUMP" snap -q --vm $qmp --engine clone -o x 2>err
check "no such engine" [ $? = 2 ]
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
