#!/bin/sh
# SPDX-License-Identifier: MIT
# Pages of kernel dumps that others' programs packed: ours are unpacked by our own LZO
# and by libraries. They are pages of our program itself and of its sources.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${OSMODUMP:=$PWD/build/osmodump}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
passed=0 failed=0
skip() { echo "skip: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
command -v lzop >/dev/null || skip "no lzop"
python3=/usr/bin/python3
"$python3" -c 'import snappy' 2>/dev/null || skip "no python3-snappy"
cat src/*/*.c >"$work/text"
for f in "$work/text" "$OSMODUMP"; do
	if "$python3" tests/real/real-memory.py "$f" "$work/dump" "$work/expected" &&
		"$OSMODUMP" convert -q --force --to raw "$work/dump" "$work/raw" >"$work/log" && cmp "$work/raw" "$work/expected"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL: $(basename "$f")"
		cat "$work/log"
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
