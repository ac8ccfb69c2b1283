#!/bin/sh
# SPDX-License-Identifier: MIT
# osmosis.ko in a guest: captures, calls in wrong states, cancelling; its owner killed in each state, and unloading tried meanwhile; then the
# log must have no complaint. Usage: kmod-states.sh [KIND [CAPTURES]], KIND as guest.sh has them (default: cloud).
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/kernel/guest.sh"
kind=${1:-cloud} captures=${2:-5} dir=$(mktemp -d)
trap 'guest_end "$dir/guest"; rm -rf "$dir"' EXIT
failed=0 passed=0

module=$(guest_module "$kind" "$top/kmod") || { echo "$module"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
gcc -O2 -static -D_GNU_SOURCE -o "$dir/exercise" "$top/tests/kernel/kmod-exercise.c" -lpthread || exit 1
guest_start "$kind" "$dir/guest" --memory 512 --file "$dir/exercise=bin/exercise" --insmod "$module" || exit 1

check() { # name, command
	if guest_run "$dir/guest" "$2" 300 >"$dir/out" 2>&1; then
		passed=$((passed + 1))
	else
		echo "FAILED: $1"
		tail -n 5 "$dir/out"
		failed=$((failed + 1))
	fi
}

check captures "exercise capture $captures 7fe 8000"
check misuse "exercise misuse"
check cancel "exercise cancel"
for state in armed capturing ready draining; do
	check "killed while $state" "exercise hold $state >/tmp/hold & p=\$!
		n=0; until grep -q holding /tmp/hold || [ \$n = 100 ]; do sleep 0.3; n=\$((n + 1)); done
		rmmod osmosis 2>/dev/null && exit 1
		kill -9 \$p; wait \$p; exercise count"
done
check unload "rmmod osmosis"
check log "! dmesg | grep -E 'BUG:|WARNING:|Oops|soft lockup|hard LOCKUP|rcu.*stall|unstable'"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
