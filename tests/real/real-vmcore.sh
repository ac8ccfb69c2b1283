#!/bin/sh
# SPDX-License-Identifier: MIT
# Our vmcores in other programs, and theirs in ours: a guest's dump by QEMU is put into our ELF and kdump containers;
# makedumpfile, eu-readelf, and crash (with OSMOSIS_VMLINUX, a kernel of its debug package that fits) open these; what
# makedumpfile writes of them, in each of its ways, holds the same pages. What we tell with that debug file is compared
# with what drgn tells with it (vmlinux.py).
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
: "${OSMODUMP:=$PWD/build/osmodump}"
passed=0 failed=0 skipped=0
skip() { echo "skip: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
command -v makedumpfile >/dev/null || skip "no makedumpfile"
work=$(mktemp -d /var/tmp/osm-vmcore-XXXXXX)
trap 'guest_end "$work/guest" >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
guest_end() { :; }
if [ -n "${OSMOSIS_VMCORE:-}" ]; then
	ln -s "$(realpath "$OSMOSIS_VMCORE")" "$work/qemu.elf"
else
	[ -f tests/kernel/guest.sh ] || skip "no guests"
	# shellcheck source=/dev/null
	. tests/kernel/guest.sh
	guest_start cloud "$work/guest" --memory 192 --disk 64 --limit 300 >"$work/log" 2>&1
	came=$?
	[ $came != 77 ] || skip "$(tail -1 "$work/log")"
	[ $came = 0 ] || { tail -40 "$work/log"; exit 1; }
	guest_dump "$work/guest" elf "$work/qemu.elf" >"$work/log" 2>&1 || skip "no dump: $(tail -1 "$work/log")"
	guest_end "$work/guest" >/dev/null 2>&1
fi
cd "$work" || exit 1
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $1"; }
check() { name=$1; shift; if "$@"; then ok; else bad "$name"; fi; }
say() { "$OSMODUMP" convert -q --force "$@" >log 2>&1; }
quietly() { "$@" >log 2>&1; }
run_quiet() { quietly "$@"; }
# Memory at the same addresses and of the same bytes: LiME has both, and nothing else.
same() { say --to lime "$1" a.lime && say --to lime "$2" b.lime && cmp a.lime b.lime; }
# Every page of $1 is in $2 with the same bytes (makedumpfile leaves pages out).
pages_of() {
	say --to lime "$1" a.lime && say --to raw "$2" b.raw && python3 - <<'END'
import struct
a, b, n = open('a.lime', 'rb'), open('b.raw', 'rb'), 0
while head := a.read(32):
    magic, version, first, last, _ = struct.unpack('<IIQQQ', head)
    b.seek(first)
    left = last + 1 - first
    while left:
        part = min(left, 1 << 20)
        want = b.read(part).ljust(part, b'\0')
        assert a.read(part) == want, hex(first)
        n, left = n + part // 4096, left - part
print('figure: vmcore: %d pages compared' % n)
END
}

# --- ours, in theirs
say --to elf qemu.elf our.elf || bad "elf: $(cat log)"
say --to kdump qemu.elf our.kdump || bad "kdump: $(cat log)"
check "elf holds what QEMU's has" same our.elf qemu.elf
check "kdump holds what it says" pages_of our.kdump qemu.elf
check "kdump of kdump" sh -c "'$OSMODUMP' convert -q --force --to kdump our.kdump again >log && cmp our.kdump again"
check "lime and back" sh -c "'$OSMODUMP' convert -q --force --to lime our.kdump l >log && '$OSMODUMP' convert -q --force --to kdump l k2 >log"
check "lime: the machine is told by its memory" pages_of k2 qemu.elf
check "eu-readelf -n -l" sh -c 'eu-readelf -n -l our.elf 2>err | grep -q PRSTATUS && ! [ -s err ]'
for f in our.elf our.kdump k2; do
	rm -f dmesg
	check "makedumpfile --dump-dmesg $f" sh -c "makedumpfile --dump-dmesg $f dmesg >log 2>&1 && grep -q 'Linux version' dmesg"
done
for level in 0 1 16 31; do
	for f in our.elf our.kdump; do
		rm -f out
		check "makedumpfile -d $level -c $f" run_quiet makedumpfile -d $level -c $f out
		check "its pages, of $f at level $level" pages_of out qemu.elf
	done
done
for how in zstd snappy none; do
	say --to kdump --compress $how qemu.elf h.kdump && rm -f out
	if ! makedumpfile -v 2>&1 | grep -qi "^$how.*disabled"; then
		quietly makedumpfile -d 31 -c h.kdump out
		check "makedumpfile of pages packed with $how" pages_of out qemu.elf
	else
		skipped=$((skipped + 1))
		echo "skip: this makedumpfile knows no $how"
	fi
done

# --- theirs, in ours
for how in -l -p -z; do
	rm -f out
	if quietly makedumpfile $how -d 31 our.elf out; then
		check "makedumpfile $how" pages_of out qemu.elf
	else
		skipped=$((skipped + 1))
		echo "skip: this makedumpfile has no $how"
	fi
done
makedumpfile -F -d 31 -c our.elf >flat 2>log
check "makedumpfile -F" pages_of flat qemu.elf
makedumpfile -d 31 -c our.elf whole >log 2>&1
check "flattened is the same" same flat whole
mkdir set && makedumpfile --split -d 31 -c our.elf set/one set/two set/three >log 2>&1
for f in set/*; do check "$f of a set" same "$f" whole; done
"$OSMODUMP" convert --to kdump qemu.elf - 2>log | cat >flat
check "our flattened file, made whole by makedumpfile" sh -c 'rm -f out; makedumpfile -R out <flat >log 2>&1 && cmp out our.kdump'

# --- crash
if command -v crash >/dev/null && [ -n "${OSMOSIS_VMLINUX:-}" ]; then
	printf 'ps\nlog\nquit\n' >words
	for f in qemu.elf our.elf our.kdump; do
		timeout 300 crash -s "$OSMOSIS_VMLINUX" $f <words >$f.crash 2>&1
		check "crash says something of $f" grep -q swapper $f.crash
	done
	check "crash says the same of our elf" cmp qemu.elf.crash our.elf.crash
	check "crash says the same of our kdump" cmp qemu.elf.crash our.kdump.crash
else
	skipped=$((skipped + 1))
	echo "skip: no crash, or no OSMOSIS_VMLINUX"
fi

# --- drgn opens our kdump, and finds in it the tasks that we find
if command -v drgn >/dev/null && [ -n "${OSMOSIS_VMLINUX:-}" ]; then
	cat >tasks.py <<-'END'
		from drgn.helpers.linux.pid import for_each_task
		for t in for_each_task(prog):
		    if t.pid:
		        print(t.pid.value_(), hex(t.value_()), t.comm.string_().decode())
	END
	"$OSMODUMP" --json -c '!process 0 2' our.kdump 2>log | python3 -c '
import json, sys
for r in map(json.loads, sys.stdin):
    if r["kind"] == "kernel_thread" and r["tid"]:
        print(r["tid"], r["task_addr"], r["name"][:15])' | sort >ours.tasks
	timeout 300 drgn -q -c our.kdump -s "$OSMOSIS_VMLINUX" tasks.py 2>log | sort >drgn.tasks
	check "drgn opens our kdump" test -s drgn.tasks
	check "drgn finds the tasks that we find" cmp ours.tasks drgn.tasks
	timeout 300 drgn -q -c our.elf -s "$OSMOSIS_VMLINUX" tasks.py 2>drgn.log | sort >elf.tasks
	python3 "$top/tests/real/vmlinux.py" our.kdump "$OSMOSIS_VMLINUX" qemu.elf >vmlinux.log 2>&1
	check "lines, variables and types by the debug file are those of drgn" grep -q '^[0-9]* passed, 0 failed$' vmlinux.log
	grep '^figure: \|^FAIL: ' vmlinux.log
	if [ -s elf.tasks ]; then
		check "drgn finds them in our elf" cmp ours.tasks elf.tasks
	else
		skipped=$((skipped + 1))
		echo "skip: drgn does not open our elf: $(tail -1 drgn.log)"
	fi
else
	skipped=$((skipped + 1))
	echo "skip: no drgn, or no OSMOSIS_VMLINUX"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
