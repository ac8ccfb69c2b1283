#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds kmod/ for every Debian flavour whose headers can be had, without a warning (W=1; sparse where it is installed; checkpatch.pl where
# $CHECKPATCH names it). Headers are kept in $KMOD_CACHE (default: build/kmod). Packages that cannot be reached are skipped, and said to be.
# Usage: kmod-build.sh [FLAVOUR ...], as in linux-headers-FLAVOUR
here=$(cd "$(dirname "$0")/../.." && pwd)
cache=${KMOD_CACHE:-$here/build/kmod}
passed=0 failed=0 skipped=0
mkdir -p "$cache/debs" "$cache/root" || exit 1

latest() { # of the packages with this pattern
	apt-cache pkgnames linux-headers- 2>/dev/null | grep -E "^linux-headers-$1\$" | sort -V | tail -n 1 | sed 's/^linux-headers-//'
}

flavours=$*
[ -n "$flavours" ] || for pattern in '6\.1\.0-[0-9]+-cloud-amd64' '6\.1\.0-[0-9]+-amd64' '6\.1\.0-[0-9]+-rt-amd64' \
	'6\.12\.[0-9]+\+deb12-cloud-amd64' '6\.12\.[0-9]+\+deb12-amd64' '6\.12\.[0-9]+\+deb12-rt-amd64'; do
	flavours="$flavours $(latest "$pattern")"
done

# One package, unpacked once.
fetch() {
	[ -e "$cache/debs/$1.done" ] && return 0
	(cd "$cache/debs" && apt-get download "$1" >/dev/null 2>&1 && dpkg -x "$1"_*.deb "$cache/root" && touch "$1.done")
}

# What the headers of a flavour need: their dependencies, but for the compiler.
fetch_flavour() {
	fetch "linux-headers-$1" || return 1
	for p in $(apt-cache depends "linux-headers-$1" 2>/dev/null | sed -n 's/.*Depends: \(linux-headers-\|linux-kbuild-\)/\1/p'); do
		fetch "$p" || return 1
	done
	# their Makefiles name each other by absolute paths
	for made in "$cache/root/usr/src/linux-headers-$1/Makefile" "$cache/root/usr/src/linux-headers-$1/.kernelvariables"; do
		[ -e "$made" ] && sed -i "s#\([ =]\)/usr/src/linux-headers#\1$cache/root/usr/src/linux-headers#g" "$made"
	done
	return 0
}

build() {
	out=$cache/build/$1
	rm -rf "$out" && mkdir -p "$out" && cp "$here"/kmod/*.[ch] "$here/kmod/Makefile" "$out" || return 1
	check=
	command -v sparse >/dev/null && check=C=1
	make -C "$cache/root/usr/src/linux-headers-$1" "M=$out" W=1 $check modules >"$out/log" 2>&1
	rc=$?
	# no vmlinux here, so no BTF of the module: that is no fault of it
	grep -E 'warning|error' "$out/log" | grep -v 'unavailability of vmlinux' >"$out/complaints"
	[ $rc = 0 ] && [ ! -s "$out/complaints" ] && [ -e "$out/osmosis.ko" ]
}

for f in $flavours; do
	if ! fetch_flavour "$f"; then
		echo "skipped: headers of $f are not to be had"
		skipped=$((skipped + 1))
	elif build "$f"; then
		echo "ok: $f: $(wc -c <"$cache/build/$f/osmosis.ko") bytes"
		passed=$((passed + 1))
	else
		echo "FAILED: $f"
		head -n 20 "$cache/build/$f/complaints"
		tail -n 5 "$cache/build/$f/log"
		failed=$((failed + 1))
	fi
done
if [ -n "$CHECKPATCH" ]; then
	if perl "$CHECKPATCH" --no-tree --strict --terse --max-line-length=140 --ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON -f "$here"/kmod/*.[ch]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
fi
[ "$passed$failed$skipped" = 000 ] && { echo "skipped: no headers are known to apt"; skipped=1; }
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
