#!/bin/sh
# SPDX-License-Identifier: MIT
# Snapshots under Debian 12's own kernel (6.1: no PAGEMAP_SCAN, no WP_ASYNC, but soft-dirty marks), in QEMU, by
# the same programs as in real-snap.sh. The kernel is downloaded, not installed. Only with OSMOSIS_LONG: without
# hardware's help it takes some minutes.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${OSMODUMP:=$PWD/build/osmodump}"
here=$PWD/build/oldkernel
kernel_package=linux-image-cloud-amd64
mkdir -p "$here" || exit 1

skip() { echo "skip: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
[ "$(uname -m)" = x86_64 ] || skip "the old kernel is one for x86-64"
[ -n "${OSMOSIS_LONG:-}" ] || skip "the old kernel takes minutes: ./dev test --long"
command -v qemu-system-x86_64 >/dev/null || skip "no QEMU (qemu-system-x86)"
busybox=$(command -v busybox) || skip "no busybox (busybox-static)"
"$busybox" --list | grep -qx cpio || skip "a busybox without cpio"

# ---- the kernel ------------------------------------------------------------------
fetch() {
	name=$(apt-cache depends "$kernel_package" 2>/dev/null | sed -n 's/^  Depends: \(linux-image-6\.1\.[^ ]*\)$/\1/p' | head -1)
	[ -n "$name" ] || return 1
	(cd "$here" && apt-get download -qq "$name" >download.log 2>&1 && dpkg-deb -x "$name"_*.deb tree && rm -f "$name"_*.deb)
}
vmlinuz() { ls "$here"/tree/boot/vmlinuz-6.1.* 2>/dev/null | head -1; }
[ -n "$(vmlinuz)" ] || fetch
[ -n "$(vmlinuz)" ] || skip "Debian 12's kernel cannot be downloaded here ($kernel_package)"

# ---- a system of one program ---------------------------------------------------------
root=$here/root
rm -rf "$root"
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/tmp" "$root/var/tmp" || exit 1
cp "$busybox" "$root/bin/busybox"
cp "$OSMODUMP" "$root/bin/osmodump"
ldd "$OSMODUMP" | grep -o '/[^ ]*' | while read -r library; do
	mkdir -p "$root$(dirname "$library")"
	cp -L "$library" "$root$library"
done
for p in steady pivot shifty; do
	gcc -static -O1 -pthread -o "$root/bin/$p" tests/harm/$p.c 2>"$here/gcc.log" || { cat "$here/gcc.log"; exit 1; }
done
cp tests/harm/oldkernel-init "$root/init"
chmod 755 "$root/init"
rounds=4
echo "$rounds" >"$root/rounds"
(cd "$root" && find . | "$busybox" cpio -o -H newc 2>/dev/null | gzip -1) >"$here/initrd" || exit 1
rm -rf "$root"

# ---- what it says of itself -----------------------------------------------------------
timeout 800 qemu-system-x86_64 -accel tcg -m 1200 -smp 2 -nographic -nodefaults -serial stdio -monitor none -no-reboot -kernel "$(vmlinuz)" \
	-initrd "$here/initrd" -append "console=ttyS0 quiet panic=-1 no_timer_check tsc=reliable" </dev/null >"$here/console" 2>&1
tr -d '\r' <"$here/console" | sed -n 's/^.*\(FAIL: .*\|ok: .*\|WRONG: .*\|figure: .*\|said: .*\)$/\1/p' >"$here/said"
cat "$here/said"
passed=$(grep -c '^ok: ' "$here/said") failed=$(grep -c '^FAIL: ' "$here/said")
if ! grep -q 'old kernel: end of tests' "$here/console"; then
	echo "FAIL: the old kernel's system did not come to its end:"
	tail -20 "$here/console"
	failed=$((failed + 1))
fi
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
